using System.Diagnostics;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Peaks;
using LivePool.Cpu.Simd;
using LivePool.Frames;

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

    /// <summary>The processor's peak; null unless it is what computes, in vectors.</summary>
    public double? FmaGflops { get; private set; }

    /// <summary>GB/s of reading a frame of floats and writing as much; null like <see cref="FmaGflops"/>.</summary>
    public double? CopyGigabytesPerSecond { get; private set; }

    /// <exception cref="LivePoolException">The frames are not all of one size.</exception>
    public static BenchRun Measure(IFrameSource source, Pipeline pipeline, IBackend backend, int frames, Action advance)
    {
        // A single picture is run again and again.
        source.Looping = true;
        using var run = new PipelineRun(pipeline, backend) { Keep = StageOutputs.Last };
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
            bench ??= Create(run.Compiled);
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
        return bench!;
    }

    private static BenchRun Create(ICompiledPipeline compiled)
    {
        var stages = new List<StageMeasurement>();
        int first = 0;
        for (int last = 0; last < compiled.Shapes.Count; last++)
        {
            if (compiled.IsFused(last))
                continue;
            TensorShape input = first == 0 ? compiled.InputShape : compiled.Shapes[first - 1];
            stages.Add(new([.. compiled.Pipeline.Stages[first..(last + 1)]], input, compiled.Shapes[last]));
            first = last + 1;
        }
        return new(compiled.InputShape, [.. stages]);
    }

    private void Add(ICompiledPipeline compiled, ReadOnlySpan<double> milliseconds, double total)
    {
        int stage = 0;
        for (int i = 0; i < milliseconds.Length; i++)
        {
            if (!compiled.IsFused(i))
                Stages[stage++].Times.Add(milliseconds[i]);
        }
        Total.Add(total);
    }

    private void MeasurePeaks(int threads)
    {
        using var peaks = new MachinePeaks(threads);
        FmaGflops = peaks.MeasureFmaGflops();
        var copies = new Dictionary<(long Read, long Written), double>();
        CopyGigabytesPerSecond = Copy(OperatorWork.Bytes(Input), OperatorWork.Bytes(Input));
        foreach (StageMeasurement stage in Stages)
            stage.Peak = stage.IsConvolution ? FmaGflops : Copy(OperatorWork.Bytes(stage.Input), OperatorWork.Bytes(stage.Shape));

        double Copy(long read, long written)
        {
            if (!copies.TryGetValue((read, written), out double gigabytes))
                copies[(read, written)] = gigabytes = peaks.MeasureCopyGigabytesPerSecond(read, written);
            return gigabytes;
        }
    }
}
