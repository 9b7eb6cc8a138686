using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;

namespace LivePool.Plugin;

/// <summary>
/// A pipeline and the frames that go through it. <see cref="Enter(ulong)"/> and <see cref="EnterInput(ulong)"/> let one call in at a time and turn
/// others away, one on the same thread too: a callback cannot pull an engine away from under the call that called it.
/// </summary>
internal sealed class Engine : IDisposable
{
    private readonly IBackend _backend;
    private readonly StageOutputs _keep;
    private int _isInside;
    private int _isInsideInput;
    private bool _isDisposed;

    private JsonObject? _json;
    private Pipeline? _pipeline;
    private ICompiledPipeline? _compiled;

    // The input's side.
    private PlanarFrame _waiting = new();
    private bool _hasWaiting;
    private int _channels;
    private ulong _submitted;
    private ulong _replaced;
    private double _submitMilliseconds;

    // The runner's side.
    private PlanarFrame _current = new();
    private bool _hasRun;
    private ulong _run;
    private double _runMilliseconds;

    public Engine(in OptionsBlock options)
    {
        if (options.Threads is < 0 or > 1024)
            throw new StatusException(Status.InvalidArgument, $"threads is {options.Threads}; must be from 0, one for each processor, to 1024");
        if (options.KeepStages is not (0 or 1))
            throw new StatusException(Status.InvalidArgument, $"keep_stages is {options.KeepStages}; must be 0 or 1");
        _keep = options.KeepStages == 1 ? StageOutputs.All : StageOutputs.Last;
        _backend = (BackendKind)options.Backend switch
        {
            BackendKind.Simd => new SimdBackend(options.Threads),
            BackendKind.Reference => new ReferenceBackend(),
            _ => throw new StatusException(Status.InvalidArgument, $"backend is {options.Backend}; there are 0, SIMD, and 1, reference"),
        };
    }

    /// <summary>Inside an engine until disposed, or turned away because another call is.</summary>
    public readonly ref struct Visit(Engine engine, bool isInput, bool isTurnedAway)
    {
        public Engine Engine => engine;

        public bool IsTurnedAway => isTurnedAway;

        public void Dispose()
        {
            if (!isTurnedAway)
                Volatile.Write(ref isInput ? ref engine._isInsideInput : ref engine._isInside, 0);
        }
    }

    /// <summary>For all but submitting.</summary>
    public static Visit Enter(ulong handle) => Enter(handle, isInput: false);

    /// <summary>For submitting.</summary>
    public static Visit EnterInput(ulong handle) => Enter(handle, isInput: true);

    private static Visit Enter(ulong handle, bool isInput) => Enter(EngineTable.Find(handle), isInput);

    /// <summary>For all but submitting.</summary>
    public static Visit Enter(Engine engine) => Enter(engine, isInput: false);

    private static Visit Enter(Engine engine, bool isInput)
    {
        Visit visit = engine.Enter(isInput);
        if (visit.IsTurnedAway || !engine._isDisposed)
            return visit;
        visit.Dispose();
        throw new StatusException(Status.InvalidEngine, "the engine was destroyed meanwhile");
    }

    private Visit Enter(bool isInput) =>
        new(this, isInput, Interlocked.Exchange(ref isInput ? ref _isInsideInput : ref _isInside, 1) != 0);

    /// <summary>The input's side too, for a call that is inside already.</summary>
    private Visit EnterInput()
    {
        Visit visit = Enter(isInput: true);
        return visit.IsTurnedAway ? throw new StatusException(Status.Busy, "a frame is being submitted; try again") : visit;
    }

    private static StatusException NoPipeline() =>
        new(Status.NotReady, "there is no pipeline yet; call livepool_set_pipeline");

    public void SetPipeline(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith(Encoding.UTF8.Preamble))
            text = text[Encoding.UTF8.Preamble.Length..];
        string name = Encoding.UTF8.GetString(text).Trim();
        bool isPreset = PipelinePresets.Names.Contains(name);
        byte[] json = isPreset ? PipelinePresets.Text(name) : text.ToArray();
        Pipeline pipeline = Parse(json, isPreset ? name : "pipeline");
        Adopt(pipeline, JsonNode.Parse(json, documentOptions: PipelineJson.DocumentOptions)!.AsObject());
    }

    private static Pipeline Parse(byte[] json, string name) => PipelineJson.Parse(json, name, Environment.CurrentDirectory);

    public void SetParameter(int stage, string name, ReadOnlySpan<double> values)
    {
        if (_json is null)
            throw NoPipeline();
        RequireStage(stage, _pipeline!.Stages.Length);
        foreach (double value in values)
        {
            if (!double.IsFinite(value))
                throw new StatusException(Status.InvalidArgument, $"{name} has a value of {value}; must be finite");
        }
        var changed = (JsonObject)_json.DeepClone();
        changed["stages"]![stage]![name] = name == "weight" ? Weight(stage, values) : Values(values);
        Adopt(Parse(Encoding.UTF8.GetBytes(changed.ToJsonString()), _pipeline.Name), changed);
    }

    private static JsonNode Values(ReadOnlySpan<double> values)
    {
        if (values.Length == 1)
            return Number(values[0]);
        var array = new JsonArray();
        foreach (double value in values)
            array.Add((JsonNode)Number(value));
        return array;
    }

    /// <summary>The stage's weight with other values, row-major.</summary>
    private JsonArray Weight(int stage, ReadOnlySpan<double> values)
    {
        TensorShape shape = _pipeline!.Stages[stage] switch
        {
            Conv2d conv => conv.Weight.Shape,
            ConvTranspose2d conv => conv.Weight.Shape,
            OperatorSpec other => throw new StatusException(Status.InvalidArgument, $"stage {stage}, {other.Name}, has no weight"),
        };
        if (values.Length != shape.Count)
            throw new StatusException(Status.InvalidArgument, $"count is {values.Length}; stage {stage}'s weight {shape} has {shape.Count}");
        return Nest(values, [shape.N, shape.C, shape.H, shape.W]);
    }

    private static JsonArray Nest(ReadOnlySpan<double> values, ReadOnlySpan<int> lengths)
    {
        var array = new JsonArray();
        int each = values.Length / lengths[0];
        for (int i = 0; i < lengths[0]; i++)
            array.Add(lengths.Length == 1 ? Number(values[i]) : (JsonNode)Nest(values.Slice(i * each, each), lengths[1..]));
        return array;
    }

    // A whole number is an integer in JSON, because strides and sizes ask for one.
    private static JsonValue Number(double value) =>
        value == Math.Truncate(value) && Math.Abs(value) < long.MaxValue && !(value == 0 && double.IsNegative(value)) ? JsonValue.Create((long)value) : JsonValue.Create(value);

    private void Adopt(Pipeline pipeline, JsonObject json)
    {
        using Visit _ = EnterInput();
        _compiled?.Dispose();
        _compiled = null;
        _hasRun = false;
        // A frame that waits has the former pipeline's channels.
        if (_hasWaiting && pipeline.Channels != _channels)
        {
            _hasWaiting = false;
            _replaced++;
        }
        (_pipeline, _json, _channels) = (pipeline, json, pipeline.Channels);
    }

    public void Submit(in FrameBlock frame)
    {
        if (_channels == 0)
            throw NoPipeline();
        long start = Stopwatch.GetTimestamp();
        _waiting.Fill(FrameCheck.Checked(frame, _channels), _channels);
        if (_hasWaiting)
            _replaced++;
        _hasWaiting = true;
        _submitted++;
        _submitMilliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public Status Run()
    {
        if (_pipeline is null)
            throw NoPipeline();
        using (Visit input = Enter(isInput: true))
        {
            if (input.IsTurnedAway)
                return Status.Busy;
            if (!_hasWaiting)
            {
                return _submitted > 0
                    ? Status.NothingNew
                    : throw new StatusException(Status.NotReady, "there is no frame yet; call livepool_submit");
            }
            (_waiting, _current) = (_current, _waiting);
            _hasWaiting = false;
        }
        _hasRun = false;
        if (_compiled?.InputShape != _current.Shape)
        {
            _compiled?.Dispose();
            _compiled = null;
            _compiled = _backend.Compile(_pipeline, _current.Shape, _keep);
        }
        long start = Stopwatch.GetTimestamp();
        _compiled.Run(_current.View);
        _runMilliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        _run++;
        _hasRun = true;
        return Status.Ok;
    }

    /// <summary>The value that a texture of 8 bits shows as black, and the one that it shows as white.</summary>
    public float Black { get; private set; }

    public float White { get; private set; } = byte.MaxValue;

    public void SetDisplay(double black, double white)
    {
        if (!double.IsFinite(black) || !double.IsFinite(white) || (float)black == (float)white || !float.IsFinite((float)(white - black)))
            throw new StatusException(Status.InvalidArgument, $"black is {black} and white {white}; they must be finite and differ");
        (Black, White) = ((float)black, (float)white);
    }

    public int StageCount => _pipeline?.Stages.Length ?? throw NoPipeline();

    public TensorShape StageShape(int stage) => Finished(stage).Shapes[stage];

    public double StageTime(int stage) => Finished(stage).StageMilliseconds[stage];

    public ReadOnlySpan<float> Output(int stage)
    {
        ICompiledPipeline compiled = Finished(stage);
        bool isKept = _keep == StageOutputs.All || stage == compiled.Shapes.Count - 1;
        return isKept
            ? compiled.Output(stage)
            : throw new StatusException(Status.InvalidArgument, $"stage {stage}'s output is not kept; make the engine with keep_stages 1");
    }

    private ICompiledPipeline Finished(int stage)
    {
        if (!_hasRun)
            throw new StatusException(Status.NotReady, "there is no result yet; call livepool_submit and livepool_run");
        RequireStage(stage, _compiled!.Shapes.Count);
        return _compiled;
    }

    private static void RequireStage(int stage, int count)
    {
        if ((uint)stage >= (uint)count)
            throw new StatusException(Status.InvalidArgument, $"there is no stage {stage}; the pipeline has {count}, counted from 0");
    }

    public TimingsBlock Timings => new()
    {
        StructSize = (uint)System.Runtime.CompilerServices.Unsafe.SizeOf<TimingsBlock>(),
        Stages = _pipeline?.Stages.Length ?? 0,
        Submitted = _submitted,
        Run = _run,
        Replaced = _replaced,
        SubmitMilliseconds = _submitMilliseconds,
        RunMilliseconds = _runMilliseconds,
    };

    public void Dispose()
    {
        using Visit _ = EnterInput();
        _isDisposed = true;
        _compiled?.Dispose();
        _backend.Dispose();
        _waiting.Dispose();
        _current.Dispose();
    }
}
