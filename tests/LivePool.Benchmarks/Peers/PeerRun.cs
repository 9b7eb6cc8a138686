using LivePool.Benchmarks.Cases;
using LivePool.Benchmarks.Contenders;
using LivePool.Cpu.Peaks;
using LivePool.Cpu.Simd;

namespace LivePool.Benchmarks.Peers;

/// <summary>Times ours, ONNX Runtime and OpenCV in one process, in turn, after their results were found to agree.</summary>
internal sealed class PeerRun : IDisposable
{
    public const string Onnx = "ONNX Runtime";
    public const string OpenCv = "OpenCV";

    private static readonly TimeSpan _caseBudget = TimeSpan.FromSeconds(0.3);

    private readonly SimdBackend[] _backends = [new(1), new(2)];
    private readonly MachinePeaks[] _peaks = [new(1), new(2)];
    private readonly double[] _fmaGflops = new double[2];
    private readonly double[] _copyGigabytes = new double[2];

    /// <summary>Measures the machine, and has the runtime compile what the cases need as well as it will.</summary>
    public PeerRun(IEnumerable<BenchmarkCase> cases)
    {
        for (int i = 0; i < _peaks.Length; i++)
        {
            _fmaGflops[i] = _peaks[i].MeasureFmaGflops();
            _copyGigabytes[i] = _peaks[i].MeasureCopyGigabytesPerSecond(PlaneBytes, PlaneBytes);
        }
        WarmUp(cases);
    }

    /// <summary>The runtime compiles what runs often a second time, better, a tenth of a second after it is done with the first.</summary>
    private void WarmUp(IEnumerable<BenchmarkCase> cases)
    {
        foreach (BenchmarkCase item in cases)
        {
            foreach (SimdBackend backend in _backends)
            {
                using var contender = new LivePoolContender(backend, item, item.Inputs[^1]);
                contender.Run();
            }
        }
        Thread.Sleep(200);
    }

    /// <summary>A 1920x1080 plane of float32.</summary>
    public const long PlaneBytes = 1920 * 1080 * sizeof(float);

    /// <summary>FMA peak in GFLOP/s on one thread and on two.</summary>
    public IReadOnlyList<double> FmaGflops => _fmaGflops;

    /// <summary>Copy bandwidth in GB/s, a plane to a plane, on one thread and on two.</summary>
    public IReadOnlyList<double> CopyGigabytes => _copyGigabytes;

    public int VectorBits => _backends[0].VectorBits;

    /// <summary>The rows of one case: each kind of frame on one thread and on two.</summary>
    /// <exception cref="DisagreementException">The results differ.</exception>
    public IReadOnlyList<PeerRow> Run(BenchmarkCase item)
    {
        using var owned = new Disposables();
        var peers = new List<(string Name, float[] Output, TimedWork Work)>();
        if (item.HasOnnx)
            AddPeer(Onnx, new OnnxContender(item));
        if (item.OpenCv != OpenCvFunction.None)
            AddPeer(OpenCv, OpenCvContender.Create(item));

        var ours = new List<(InputKind Kind, int Threads, TimedWork Work, CopyProbe Copy, TimedWork CopyWork)>();
        foreach (InputKind kind in item.Inputs)
        {
            for (int i = 0; i < _backends.Length; i++)
            {
                var contender = owned.Add(new LivePoolContender(_backends[i], item, kind));
                CopyProbe copy = owned.Add(_peaks[i].CreateCopy(item.InputBytes(kind), item.OutputBytes));
                var work = new TimedWork(contender.Run);
                work.WarmUp();
                float[] output = contender.Output();
                foreach ((string name, float[] theirs, _) in peers)
                    Agreement.Require(item, $"ours from {Describe(kind)} on {Threads(i)}", output, name, theirs);
                var copyWork = new TimedWork(copy.Run);
                copyWork.WarmUp();
                ours.Add((kind, i + 1, work, copy, copyWork));
            }
        }

        Interleaved.Run([.. ours.Select(one => one.Work), .. peers.Select(one => one.Work), .. ours.Select(one => one.CopyWork)], _caseBudget);

        PeerTime[] times = [.. peers.Select(one => new PeerTime(one.Name, one.Work.Median))];
        return [.. ours.Select(Row)];

        void AddPeer(string name, IContender contender)
        {
            owned.Add(contender);
            var work = new TimedWork(contender.Run);
            work.WarmUp();
            peers.Add((name, contender.Output(), work));
        }

        PeerRow Row((InputKind Kind, int Threads, TimedWork Work, CopyProbe Copy, TimedWork CopyWork) one)
        {
            double milliseconds = one.Work.Median;
            long bytes = item.InputBytes(one.Kind) + item.OutputBytes;
            double copyMilliseconds = one.CopyWork.Median * bytes / one.Copy.Bytes;
            return new($"{item.Name}, {Describe(one.Kind)}", one.Threads, milliseconds)
            {
                Peers = times,
                FmaShare = item.ConvolutionOperations == 0 ? null
                    : item.ConvolutionOperations / (milliseconds * 1e6) / _fmaGflops[one.Threads - 1],
                Processors = one.Work.Processors,
                CopyShare = copyMilliseconds / milliseconds,
                SpeedUp = one.Threads == 1 ? null
                    : ours.First(other => other.Kind == one.Kind && other.Threads == 1).Work.Median / milliseconds,
                OnnxTarget = item.OnnxTarget,
                OpenCvTarget = item.OpenCvTarget,
                FmaTarget = item.FmaTarget,
                CopyTarget = item.CopyTarget,
            };
        }
    }

    /// <summary>The same pipeline at several frame sizes, in turn, from bytes on one thread.</summary>
    public IReadOnlyList<SizeRow> RunSizes(IReadOnlyList<BenchmarkCase> sizes)
    {
        using var owned = new Disposables();
        TimedWork[] works = [.. sizes.Select(item => new TimedWork(owned.Add(new LivePoolContender(_backends[0], item, InputKind.Byte)).Run))];
        foreach (TimedWork work in works)
            work.WarmUp();
        Interleaved.Run(works, _caseBudget);
        return [.. sizes.Zip(works, (item, work) => new SizeRow(item.Name, item.Input.Count, work.Median))];
    }

    private static string Describe(InputKind kind) => kind == InputKind.Byte ? "bytes" : "float";

    private static string Threads(int index) => index == 0 ? "1 thread" : $"{index + 1} threads";

    public void Dispose()
    {
        foreach (IDisposable item in (IDisposable[])[.. _backends, .. _peaks])
            item.Dispose();
    }

    /// <summary>What a case needs, disposed of when it is over.</summary>
    private sealed class Disposables : IDisposable
    {
        private readonly Stack<IDisposable> _items = [];

        public T Add<T>(T item) where T : IDisposable
        {
            _items.Push(item);
            return item;
        }

        public void Dispose()
        {
            while (_items.TryPop(out IDisposable? item))
                item.Dispose();
        }
    }
}
