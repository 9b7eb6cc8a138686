using Silk.NET.Core.Contexts;
using Silk.NET.Core.Loader;

namespace LivePool.Windowing;

/// <summary>
/// The GL context of a window. It lives and dies with the window; without it, nothing here does anything.
/// </summary>
internal sealed class GlfwContext(GlfwWindow window) : IGLContext
{
    public nint Handle => window.Handle;

    public IGLContextSource? Source => window;

    public bool IsCurrent => Handle != 0 && Glfw.GetCurrentContext() == Handle;

    public void MakeCurrent()
    {
        if (Handle == 0)
            return;
        GlfwLibrary.ClearError();
        Glfw.MakeContextCurrent(Handle);
        if (!IsCurrent)
            throw new InvalidOperationException(
                $"The window's context cannot be current here: {GlfwLibrary.TakeError()}.");
    }

    public void Clear()
    {
        if (IsCurrent)
            Glfw.MakeContextCurrent(0);
    }

    public void SwapInterval(int interval)
    {
        if (Handle != 0)
            Glfw.SwapInterval(interval);
    }

    public void SwapBuffers()
    {
        if (Handle != 0)
            Glfw.SwapBuffers(Handle);
    }

    public nint GetProcAddress(string proc, int? slot = default)
    {
        GlfwLibrary.ClearError();
        return TryGetProcAddress(proc, out nint address, slot)
            ? address
            : throw new SymbolLoadingException(
                proc,
                $"The window's context has no such function: {GlfwLibrary.TakeError()}.");
    }

    public bool TryGetProcAddress(string proc, out nint addr, int? slot = default)
    {
        addr = Handle == 0 ? 0 : Glfw.GetProcAddress(proc);
        return addr != 0;
    }

    public void Dispose()
    {
        // The window's Reset destroys the context.
    }
}
