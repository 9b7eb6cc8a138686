using System.Diagnostics;
using LivePool.Gpu.Kernels;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Peaks;

/// <summary>
/// What a device can do at most, measured where it is asked: multiply-adds in registers, and bytes from buffer to buffer.
/// Times are the device's own, as <see cref="GpuCompiledPipeline.StageMilliseconds"/> are.
/// </summary>
public sealed class GpuPeaks : IDisposable
{
    /// <summary>Runs that a figure is the median of, at least.</summary>
    public const int FewestRuns = 25;

    private const int UnitBytes = 16;
    private const int Chains = 8;
    private const int Steps = 1024;
    private const int FewestInvocations = 1 << 12;
    // 2 operations of each of 8 chains' 1024 steps: 275 billion.
    private const int MostInvocations = 1 << 24;
    // Shorter dispatches are timed too coarsely.
    private const double LongEnoughMilliseconds = 2;
    // Beyond every cache; a processor's are smaller, and so is its bandwidth.
    private const long LargeBytes = 1L << 28;
    private const long LargeSoftwareBytes = 1L << 26;

    // Clocks are up by then.
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(0.2);

    private readonly GpuDevice _device;
    private readonly KernelCache _kernels;
    private readonly StageTimer _timer;

    internal GpuPeaks(GpuDevice device, KernelCache kernels)
    {
        _device = device;
        _kernels = kernels;
        _timer = new StageTimer(device.Context, 1, [0]);
    }

    /// <summary>Bytes that a copy reads, and writes, whose speed is memory's.</summary>
    public long LargeCopyBytes =>
        Math.Min(_device.Context.Device.IsSoftware ? LargeSoftwareBytes : LargeBytes, _device.Limits.StorageBlockBytes / UnitBytes * UnitBytes);

    /// <summary>Measures GFLOP/s of multiply-adds whose operands stay in registers, two operations each: the median of many runs.</summary>
    public double MeasureFmaGflops()
    {
        _device.Context.MakeCurrent();
        Kernel kernel = _kernels.Get<MultiplyAddParameters>(KernelDescriptor.MultiplyAdd, $"STEPS {Steps}");
        using var input = new GpuBuffer(_device, "factor and addend", 2 * sizeof(float));
        input.Write<float>([0.999f, 0.001f]);
        for (int count = FewestInvocations; ; count *= 2)
        {
            using var output = new GpuBuffer(_device, "sums of multiply-adds", (long)count * sizeof(float));
            using var dispatch = KernelDispatch.Create(_device, kernel, new MultiplyAddParameters { Count = count }, (count, 1, 1), input, output);
            // The first run may be compiling still.
            double once = Math.Min(Time(dispatch), Time(dispatch));
            if (once >= LongEnoughMilliseconds || count >= MostInvocations)
                return 2.0 * Chains * Steps * count / (MedianMilliseconds(dispatch) * 1e6);
        }
    }

    /// <summary>
    /// Measures GB/s of a copy: bytes read and bytes written, added, in the median of many runs over the same buffers. Buffers
    /// that fit the device's caches are found there, as a stage finds its input.
    /// </summary>
    /// <param name="bytesRead">Bytes read, at least 1; rounded up to 16.</param>
    /// <param name="bytesWritten">Bytes written, likewise.</param>
    public double MeasureCopyGigabytesPerSecond(long bytesRead, long bytesWritten)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesRead, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesWritten, 1);
        _device.Context.MakeCurrent();
        var parameters = new CopyParameters { ReadCount = Units(bytesRead), WriteCount = Units(bytesWritten) };
        Kernel kernel = _kernels.Get<CopyParameters>(KernelDescriptor.Copy);
        using var input = new GpuBuffer(_device, "the bytes to copy", (long)UnitBytes * parameters.ReadCount);
        using var output = new GpuBuffer(_device, "the copied bytes", (long)UnitBytes * parameters.WriteCount);
        int count = Math.Max(parameters.ReadCount, parameters.WriteCount);
        using var dispatch = KernelDispatch.Create(_device, kernel, parameters, (count, 1, 1), input, output);
        return (input.Bytes + output.Bytes) / (MedianMilliseconds(dispatch) * 1e6);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_device.Context.TryMakeCurrent())
            _timer.Dispose();
    }

    private static int Units(long bytes) => checked((int)((bytes + UnitBytes - 1) / UnitBytes));

    /// <summary>Runs that are submitted one behind the other, so that the device is never idle.</summary>
    private double MedianMilliseconds(KernelDispatch dispatch)
    {
        long start = Stopwatch.GetTimestamp();
        for (int run = 0; run <= StageTimer.RunsLate || Stopwatch.GetElapsedTime(start) < _warmUp; run++)
        {
            Submit(dispatch);
            _ = _timer.Milliseconds;
        }
        var milliseconds = new double[FewestRuns];
        foreach (ref double one in milliseconds.AsSpan())
        {
            Submit(dispatch);
            one = _timer.Milliseconds[0];
        }
        _device.Context.ThrowIfLost("measuring", "peaks");
        _device.Errors.ThrowIfAny("measuring", "peaks");
        milliseconds.Sort();
        return milliseconds[FewestRuns / 2];
    }

    private double Time(KernelDispatch dispatch)
    {
        Submit(dispatch);
        double milliseconds = _timer.LastMilliseconds[0];
        _device.Context.ThrowIfLost("measuring", "peaks");
        return milliseconds;
    }

    private void Submit(KernelDispatch dispatch)
    {
        _timer.Start();
        dispatch.Run();
        _timer.EndStage();
        _device.Gl.MemoryBarrier(MemoryBarrierMask.ShaderStorageBarrierBit);
        _device.Gl.Flush();
    }
}
