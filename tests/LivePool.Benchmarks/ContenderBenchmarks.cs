using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using LivePool.Benchmarks.Cases;
using LivePool.Benchmarks.Contenders;

namespace LivePool.Benchmarks;

/// <summary>In this process, so that the runtime's settings are those of the program that ships, and nothing is built.</summary>
internal sealed class InProcessConfig : ManualConfig
{
    public InProcessConfig() => AddJob(Job.Default
        .WithToolchain(InProcessEmitToolchain.Instance)
        .WithIterationTime(TimeInterval.FromMilliseconds(100))
        .WithWarmupCount(3)
        .WithIterationCount(15));
}

/// <summary>A case of <see cref="BenchmarkCases"/> done by one contender, with BenchmarkDotNet's statistics.</summary>
[Config(typeof(InProcessConfig))]
[MemoryDiagnoser]
public abstract class ContenderBenchmarks
{
    private IContender? _contender;

    private protected abstract IContender Create();

    /// <summary>Allocates everything.</summary>
    [GlobalSetup]
    public void SetUp() => _contender = Create();

    /// <summary>Frees everything.</summary>
    [GlobalCleanup]
    public void CleanUp() => _contender!.Dispose();

    /// <summary>Does the work once.</summary>
    [Benchmark]
    public void Run() => _contender!.Run();
}

/// <summary>Ours.</summary>
public class LivePoolBenchmarks : ContenderBenchmarks
{
    /// <summary>Names of all cases.</summary>
    public static IEnumerable<string> Cases => BenchmarkCases.All.Select(item => item.Name);

    /// <summary>The work.</summary>
    [ParamsSource(nameof(Cases))]
    public string Case { get; set; } = "";

    /// <summary>The caller's included.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    private protected override IContender Create()
    {
        BenchmarkCase item = BenchmarkCases.Find(Case);
        return new LivePoolContender(Threads, item, item.Inputs[0]);
    }
}

/// <summary>ONNX Runtime on one thread.</summary>
public class OnnxBenchmarks : ContenderBenchmarks
{
    /// <summary>Names of the cases that it has.</summary>
    public static IEnumerable<string> Cases => BenchmarkCases.All.Where(item => item.HasOnnx).Select(item => item.Name);

    /// <summary>The work.</summary>
    [ParamsSource(nameof(Cases))]
    public string Case { get; set; } = "";

    private protected override IContender Create() => new OnnxContender(BenchmarkCases.Find(Case));
}

/// <summary>OpenCV on one thread.</summary>
public class OpenCvBenchmarks : ContenderBenchmarks
{
    /// <summary>Names of the cases that it has.</summary>
    public static IEnumerable<string> Cases =>
        BenchmarkCases.All.Where(item => item.OpenCv != OpenCvFunction.None).Select(item => item.Name);

    /// <summary>The work.</summary>
    [ParamsSource(nameof(Cases))]
    public string Case { get; set; } = "";

    private protected override IContender Create()
    {
        OpenCvContender.Load();
        return OpenCvContender.Create(BenchmarkCases.Find(Case));
    }
}
