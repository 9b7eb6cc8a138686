using System.Diagnostics;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Peaks;
using LivePool.Cpu.Simd;
using LivePool.Frames;
using LivePool.Gpu;
using LivePool.Gpu.Peaks;

namespace LivePool.App.Measuring;

/// <summary>Runs frames of one size through a pipeline, and holds their times against what the machine can do.</summary>
internal sealed class BenchRun
{
    /// <summary>Fewer have no 95th percentile to speak of.</summary>
    public const int FewestFrames = 15;

    private const int FewestWarmUpFrames = 3;

    // The runtime compiles what runs often a second time, better, a tenth of a second after it is done with the first.
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(0.5);

    private BenchRun(TensorShape input, StageMeasurement[] stages)
    {
        Input = input;
        Stages = stages;
    }

    public TensorShape Input { get; }

    public IReadOnlyList<StageMeasurement> Stages { get; }

    /// <summary>A frame's way from pixels through all stages, with its conversion to planes.</summary>
    public Times Total { get; } = new();

    /// <summary>The peak of the processor's vectors, or of the GPU; null where neither computes.</summary>
    public double? FmaGflops { get; private set; }

    /// <summary>GB/s of a copy that reads and writes <see cref="CopyBytes"/>; null like <see cref="FmaGflops"/>.</summary>
    public double? CopyGigabytesPerSecond { get; private set; }

    /// <summary>A frame of floats on a processor; more than its caches hold on a GPU.</summary>
    public long CopyBytes { get; private set; }

    /// <exception cref="LivePoolException">The frames are not all of one size.</exception>
    public static BenchRun Measure(
        IFrameSource source, Pipeline pipeline, IBackend backend, bool convertsOnGpu, int frames, Action advance)
    {
        // A single picture is run again and again.
        source.Looping = true;
        using var run = new PipelineRun(pipeline, backend, convertsOnGpu) { Keep = StageOutputs.Last };
        var frame = new Frame();
        BenchRun? bench = null;
        long begin = Stopwatch.GetTimestamp();
        int read = 0;
        for (int timed = 0; timed < frames;)
        {
            if (!source.TryRead(frame))
                throw new LivePoolException($"{source.Description} ended after {read} frames; give another source");
            bool isWarm = read++ >= FewestWarmUpFrames && Stopwatch.GetElapsedTime(begin) >= _warmUp;
            long start = Stopwatch.GetTimestamp();
            bool isNewShape = run.Run(frame);
            run.Compiled.Wait();
            double total = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            ReadOnlySpan<double> milliseconds = run.Compiled.StageMilliseconds;
            bench ??= Create(run.Compiled, backend);
            if (isNewShape && read > 1)
            {
                throw new LivePoolException($"{source.Description} has frames of {bench.Input} and of {run.Compiled.InputShape}; " +
                    "bench needs frames of one size");
            }
            if (isWarm)
            {
                bench.Add(run.Compiled, milliseconds, total);
                timed++;
                advance();
            }
        }
        if (backend is SimdBackend simd)
            bench!.MeasurePeaks(simd.Threads);
        if (backend is GpuBackend gpu)
            bench!.MeasureDevice(gpu, (GpuCompiledPipeline)run.Compiled, frames);
        return bench!;
    }

    private static BenchRun Create(ICompiledPipeline compiled, IBackend backend)
    {
        var stages = new List<StageMeasurement>();
        int first = 0;
        for (int last = 0; last < compiled.Shapes.Count; last++)
        {
            if (compiled.IsFused(last))
                continue;
            TensorShape input = first == 0 ? compiled.InputShape : compiled.Shapes[first - 1];
            var stage = new StageMeasurement([.. compiled.Pipeline.Stages[first..(last + 1)]], input, compiled.Shapes[last]);
            bool readsBytes = compiled is GpuCompiledPipeline gpu && gpu.ReadsBytes(last);
            stages.Add(stage with
            {
                BytesRead = readsBytes ? input.Count : stage.BytesRead,
                IsCopy = backend is GpuBackend || !stage.IsConvolution,
            });
            first = last + 1;
        }
        return new(compiled.InputShape, [.. stages]);
    }

    private void Add(ICompiledPipeline compiled, ReadOnlySpan<double> milliseconds, double total)
    {
        if (compiled is not GpuCompiledPipeline)
            AddStages(compiled, milliseconds);
        Total.Add(total);
    }

    private void AddStages(ICompiledPipeline compiled, ReadOnlySpan<double> milliseconds)
    {
        int stage = 0;
        for (int i = 0; i < milliseconds.Length; i++)
        {
            if (!compiled.IsFused(i))
                Stages[stage++].Times.Add(milliseconds[i]);
        }
    }

    private void MeasurePeaks(int threads)
    {
        using var peaks = new MachinePeaks(threads);
        FmaGflops = peaks.MeasureFmaGflops();
        CopyBytes = OperatorWork.Bytes(Input);
        HoldAgainst(peaks.MeasureCopyGigabytesPerSecond);
    }

    /// <summary>
    /// Times the stages again and again on the last frame, each run submitted before the last is done: between two frames a
    /// GPU waits for the processor, and an idle one lowers its clocks.
    /// </summary>
    private void MeasureDevice(GpuBackend backend, GpuCompiledPipeline compiled, int runs)
    {
        using GpuPeaks peaks = backend.CreatePeaks();
        FmaGflops = peaks.MeasureFmaGflops();
        long begin = Stopwatch.GetTimestamp();
        for (int run = 0; run < FewestWarmUpFrames || Stopwatch.GetElapsedTime(begin) < _warmUp; run++)
        {
            compiled.RunAgain();
            _ = compiled.StageMilliseconds;
        }
        for (int run = 0; run < runs; run++)
        {
            compiled.RunAgain();
            AddStages(compiled, compiled.StageMilliseconds);
        }
        CopyBytes = peaks.LargeCopyBytes;
        HoldAgainst(peaks.MeasureCopyGigabytesPerSecond);
    }

    private void HoldAgainst(Func<long, long, double> measureCopy)
    {
        var copies = new Dictionary<(long Read, long Written), double>();
        CopyGigabytesPerSecond = Copy(CopyBytes, CopyBytes);
        foreach (StageMeasurement stage in Stages)
        {
            stage.FmaPeak = stage.IsConvolution ? FmaGflops : null;
            stage.CopyPeak = stage.IsCopy ? Copy(stage.BytesRead, stage.BytesWritten) : null;
        }

        double Copy(long read, long written)
        {
            if (!copies.TryGetValue((read, written), out double gigabytes))
                copies[(read, written)] = gigabytes = measureCopy(read, written);
            return gigabytes;
        }
    }
}
