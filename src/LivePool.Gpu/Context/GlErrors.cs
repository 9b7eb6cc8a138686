using System.Runtime.InteropServices;
using LivePool.Core;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Context;

/// <summary>
/// Collects what KHR_debug and glGetError report, and throws it at a convenient place. Without debug only
/// <see cref="Take()"/> works.
/// </summary>
internal sealed class GlErrors : IDisposable
{
    // A lost context may report errors for ever.
    private const int MostErrors = 16;

    private readonly GL _gl;
    private readonly bool _isDebug;
    private readonly List<string> _messages = [];
    private readonly DebugProc? _callback;

    public unsafe GlErrors(GL gl, bool debug)
    {
        _gl = gl;
        _isDebug = debug;
        if (!debug)
            return;
        _callback = OnMessage;
        gl.Enable(EnableCap.DebugOutput);
        gl.Enable(EnableCap.DebugOutputSynchronous);
        gl.DebugMessageCallback(_callback, null);
        Take();
    }

    /// <summary>The first pending error, <see cref="GLEnum.NoError"/> if there is none; clears them all.</summary>
    public GLEnum Take() => Take(_gl);

    /// <summary>The same for a context that has no collector.</summary>
    public static GLEnum Take(GL gl)
    {
        GLEnum first = gl.GetError();
        GLEnum error = first;
        for (int i = 1; i < MostErrors && error != GLEnum.NoError; i++)
            error = gl.GetError();
        return first;
    }

    /// <summary>Forgets what was collected, because something else reports it.</summary>
    public void Discard()
    {
        Take();
        _messages.Clear();
    }

    /// <summary>With debug: throws what was collected since the last time.</summary>
    public void ThrowIfAny(string action, string name)
    {
        if (!_isDebug)
            return;
        GLEnum error = Take();
        if (error != GLEnum.NoError)
            _messages.Add($"glGetError {error}");
        if (_messages.Count == 0)
            return;
        string text = string.Join("; ", _messages);
        _messages.Clear();
        throw new LivePoolException($"gpu: {action} {name}: {text}");
    }

    public unsafe void Dispose()
    {
        if (_callback is null)
            return;
        _gl.DebugMessageCallback(null, null);
        _gl.Disable(EnableCap.DebugOutput);
        _gl.Disable(EnableCap.DebugOutputSynchronous);
    }

    /// <summary>Instead of <see cref="Dispose"/> where GL may not be called any more: the driver may still call back.</summary>
    public void Abandon()
    {
        if (_callback is not null)
            GCHandle.Alloc(_callback);
    }

    private void OnMessage(GLEnum source, GLEnum type, int id, GLEnum severity, int length, nint message, nint user)
    {
        // What the compiler says stands in its log, and whether it compiled in the shader's status; a warning is no error.
        if (source == GLEnum.DebugSourceShaderCompiler)
            return;
        if (type == GLEnum.DebugTypeError || severity == GLEnum.DebugSeverityHigh)
            _messages.Add(Marshal.PtrToStringUTF8(message, length));
    }
}
