using System.Runtime.InteropServices;
using LivePool.Core;
using LivePool.Core.Tensors;
using LivePool.Gpu.Kernels;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.UserShaders;

/// <summary>What changes from frame to frame for a free shader.</summary>
/// <param name="Frame">The frame's number, from 0.</param>
/// <param name="Seconds">Since the first frame.</param>
/// <param name="MouseX">The pointer's column in the output; below 0 where it is elsewhere.</param>
/// <param name="MouseY">The pointer's row likewise.</param>
/// <param name="IsMouseDown">Whether its button is held.</param>
public readonly record struct FreeFrame(int Frame, float Seconds, float MouseX = -1, float MouseY = -1, bool IsMouseDown = false);

/// <summary>The uniform block of a free shader.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FreeParameters
{
#pragma warning disable CS1591 // the names say it
    public int Channels;
    public int InputHeight;
    public int InputWidth;
    public int OutputHeight;
    public int OutputWidth;
    public int Frame;
    public float Time;
    public float MouseX;
    public float MouseY;
    public int MouseDown;
#pragma warning restore CS1591
}

/// <summary>
/// A shader that claims to be no operator, ready for frames of one shape: binding 0 is the input, 1 the output, 2 the output
/// of the frame before, zeros at first. Made by <see cref="GpuBackend.CompileFree"/>.
/// </summary>
public sealed class FreeShader : IDisposable
{
    private readonly GpuDevice _device;
    private readonly List<IDisposable> _owned = [];
    private readonly uint _program;
    private readonly GpuBuffer _input;
    private readonly GpuBuffer[] _outputs;
    private readonly KernelDispatch[] _dispatches;
    private readonly StageTimer _timer;
    private readonly float[] _values;
    private readonly Action<FreeShader> _forget;
    private FreeParameters _parameters;
    private int _runs;
    private bool _isDisposed;

    internal FreeShader(GpuDevice device, KernelCache kernels, UserShader shader, TensorShape input, Action<FreeShader> forget)
    {
        if (input.N != 1 || input.C != shader.Annotations.InputChannels)
        {
            throw new LivePoolException($"{shader.Name} takes {shader.Annotations.InputChannels} channels, but the input is {input}; " +
                $"write // @input {input.C}, or give it another picture");
        }
        (int width, int height) = shader.Annotations.Size.Of(input.W, input.H);
        (_device, _forget) = (device, forget);
        Shader = shader;
        InputShape = input;
        OutputShape = new TensorShape(1, input.C, height, width).Validated();
        _parameters = new()
        {
            Channels = input.C,
            InputHeight = input.H,
            InputWidth = input.W,
            OutputHeight = height,
            OutputWidth = width,
        };
        Kernel kernel = kernels.CompileAlone<FreeParameters>(KernelDescriptor.Of(shader));
        _program = kernel.Program;
        try
        {
            _input = Own(new GpuBuffer(device, $"the input, {input}", (long)input.Count * sizeof(float)));
            _outputs = [CreateOutput(), CreateOutput()];
            _dispatches = [CreateDispatch(_outputs[0], _outputs[1]), CreateDispatch(_outputs[1], _outputs[0])];
            _timer = Own(new StageTimer(device.Context, 1, [0]));
        }
        catch
        {
            DisposeOwned();
            throw;
        }
        _values = new float[OutputShape.Count];

        GpuBuffer CreateOutput() => Own(new GpuBuffer(device, $"the output of {shader.Name}, {OutputShape}", (long)OutputShape.Count * sizeof(float)));

        KernelDispatch CreateDispatch(GpuBuffer output, GpuBuffer previous) =>
            Own(KernelDispatch.Create(device, kernel, _parameters, (width, height, input.C), _input, output, previous));
    }

    /// <summary>The shader.</summary>
    public UserShader Shader { get; }

    /// <summary>The shape of each frame.</summary>
    public TensorShape InputShape { get; }

    /// <summary>The shape of what it writes.</summary>
    public TensorShape OutputShape { get; }

    /// <summary>GL's name of the buffer with the last output; valid until the shader is disposed.</summary>
    public uint OutputBuffer => Last.Name;

    /// <summary>Milliseconds that the last run took on the device; waits for it. NaN where the device notes no times.</summary>
    public double LastMilliseconds
    {
        get
        {
            _device.Context.MakeCurrent();
            return _timer.LastMilliseconds[0];
        }
    }

    private GpuBuffer Last => _outputs[(_runs + 1) % 2];

    /// <summary>Runs a frame.</summary>
    /// <param name="x">[1, C, H, W] of the input's shape.</param>
    /// <param name="frame">Its number, time and pointer.</param>
    public void Run(ReadOnlySpan<float> x, in FreeFrame frame)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, InputShape.Count);
        _device.Context.MakeCurrent();
        _input.Write(x);
        RunAgain(frame);
    }

    /// <summary>Runs once more on the same input.</summary>
    public void RunAgain(in FreeFrame frame)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _device.Context.MakeCurrent();
        (_parameters.Frame, _parameters.Time) = (frame.Frame, frame.Seconds);
        (_parameters.MouseX, _parameters.MouseY, _parameters.MouseDown) = (frame.MouseX, frame.MouseY, frame.IsMouseDown ? 1 : 0);
        KernelDispatch dispatch = _dispatches[_runs++ % 2];
        dispatch.SetParameters(_parameters);
        if (_device.Options.PoisonOutputs)
            Last.Poison();
        _timer.Start();
        dispatch.Run();
        _timer.EndStage();
        _device.Gl.MemoryBarrier(MemoryBarrierMask.ShaderStorageBarrierBit | MemoryBarrierMask.BufferUpdateBarrierBit);
        _device.Context.ThrowIfLost("running", Shader.Name);
        _device.Errors.ThrowIfAny("running", Shader.Name);
        if (_device.Options.GuardBytes == 0)
            return;
        _input.CheckGuard();
        foreach (GpuBuffer output in _outputs)
            output.CheckGuard();
    }

    /// <summary>The last output, row-major, valid until the next call; waits for it.</summary>
    public ReadOnlySpan<float> Output()
    {
        _device.Context.MakeCurrent();
        Last.Read(_values.AsSpan());
        _device.Context.ThrowIfLost("reading the results of", Shader.Name);
        return _values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        if (_device.Context.TryMakeCurrent())
            DisposeOwned();
        _forget(this);
    }

    private T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    private void DisposeOwned()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
        _device.Gl.DeleteProgram(_program);
    }
}
