using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Plugin;

/// <summary>
/// A pipeline and the frames that go through it. <see cref="Enter(ulong)"/> and <see cref="EnterInput(ulong)"/> let one call in at a time and turn
/// others away, one on the same thread too: a callback cannot pull an engine away from under the call that called it.
/// </summary>
internal sealed class Engine : IDisposable
{
    private readonly Runner _runner;
    private int _isInside;
    private int _isInsideInput;

    public bool IsDisposed { get; private set; }

    private JsonObject? _json;
    private Pipeline? _pipeline;

    // The input's side.
    private PlanarFrame _waiting = new();
    // Its name is 0 where the frame that waits is in memory.
    private TextureBlock _waitingTexture;
    private bool _hasWaiting;
    private int _channels;
    private ulong _submitted;
    private ulong _replaced;
    private ulong _failed;
    private double _submitMilliseconds;

    // The runner's side.
    private PlanarFrame _current = new();
    private double _runMilliseconds;

    public Engine(in OptionsBlock options) => _runner = Runner.Create(options);

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
        if (visit.IsTurnedAway || !engine.IsDisposed)
            return visit;
        visit.Dispose();
        throw new StatusException(Status.InvalidEngine, "the engine was destroyed meanwhile");
    }

    private Visit Enter(bool isInput) =>
        new(this, isInput, Interlocked.Exchange(ref isInput ? ref _isInsideInput : ref _isInside, 1) != 0);

    /// <summary>For all but submitting; also an engine that is destroyed.</summary>
    public Visit EnterIfFree() => Enter(isInput: false);

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

    private static Pipeline Parse(byte[] json, string name) => PipelineJson.Parse(json, name, ".");

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
        changed["stages"]![stage]![name] = name switch
        {
            "weight" => Weight(stage, values),
            "bias" => Nest(values, [values.Length]),
            "ceil_mode" or "count_include_pad" or "return_indices" => Switch(name, values),
            _ => values.Length == 1 ? Number(values[0]) : Nest(values, [values.Length]),
        };
        Adopt(Parse(Encoding.UTF8.GetBytes(changed.ToJsonString()), _pipeline.Name), changed);
    }

    private static JsonValue Switch(string name, ReadOnlySpan<double> values) => values is [0 or 1]
        ? JsonValue.Create(values[0] == 1)
        : throw new StatusException(Status.InvalidArgument, $"{name} is a switch; its value must be 0 or 1");

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
        _runner.Drop();
        // A frame that waits has the former pipeline's channels.
        if (_hasWaiting && _waitingTexture.Name == 0 && pipeline.Channels != _channels)
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
        Note(default, start);
    }

    public void Submit(in TextureBlock texture)
    {
        if (_channels == 0)
            throw NoPipeline();
        long start = Stopwatch.GetTimestamp();
        Note(Checked(texture), start);
    }

    private void Note(in TextureBlock texture, long start)
    {
        _waitingTexture = texture;
        if (_hasWaiting)
            _replaced++;
        _hasWaiting = true;
        _submitted++;
        _submitMilliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private TextureBlock Checked(in TextureBlock texture)
    {
        if (!_runner.TakesTextures)
            throw new StatusException(Status.InvalidArgument, "the engine runs on the CPU, where there are no textures; make it with LIVEPOOL_BACKEND_GL");
        if (texture.Name == 0)
            throw new StatusException(Status.InvalidArgument, "name is 0, which is no texture's");
        if (texture.BottomFirst is not (0 or 1))
            throw new StatusException(Status.InvalidArgument, $"bottom_first is {texture.BottomFirst}; must be 0 or 1");
        return texture.Reserved == 0
            ? texture
            : throw new StatusException(Status.InvalidArgument, $"reserved is {texture.Reserved}; must be 0");
    }

    /// <summary>Where the last stage's output goes to after each run; null for nowhere.</summary>
    public void SetOutputTexture(TextureBlock? texture) => _runner.OutputTexture = texture is { } given ? Checked(given) : default;

    public int Run()
    {
        if (_pipeline is null)
            throw NoPipeline();
        // Submitting may make it true meanwhile, and nothing makes it false.
        if (!Volatile.Read(ref _hasWaiting))
        {
            return _submitted > 0
                ? (int)Status.NothingNew
                : throw new StatusException(Status.NotReady, "there is no frame yet; call livepool_submit");
        }
        _runner.Prepare();
        TextureBlock texture;
        using (Visit input = Enter(isInput: true))
        {
            if (input.IsTurnedAway)
                return Failures.ReportBusy();
            texture = _waitingTexture;
            if (texture.Name == 0)
                (_waiting, _current) = (_current, _waiting);
            _hasWaiting = false;
        }
        long start = Stopwatch.GetTimestamp();
        ulong runs = _runner.Runs;
        try
        {
            if (texture.Name == 0)
                _runner.Run(_pipeline, _current);
            else
                _runner.Run(_pipeline, texture);
        }
        finally
        {
            if (_runner.Runs == runs)
                _failed++;
        }
        _runMilliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return (int)Status.Ok;
    }

    /// <summary>The values that a texture of 8 bits shows as black and as white.</summary>
    public (float Black, float White) Display => _runner.Display;

    public void SetDisplay(double black, double white)
    {
        if (!double.IsFinite(black) || !double.IsFinite(white) || (float)black == (float)white || !float.IsFinite((float)(white - black)))
            throw new StatusException(Status.InvalidArgument, $"black is {black} and white {white}; they must be finite and differ");
        _runner.Display = ((float)black, (float)white);
    }

    /// <summary>Whether it runs only where there is a GL context.</summary>
    public bool NeedsGl => _runner.TakesTextures;

    /// <summary>What the host's device had is not touched any more; freed before, if its context is current here.</summary>
    public void LeaveDevice() => _runner.LeaveDevice();

    public int StageCount => _pipeline?.Stages.Length ?? throw NoPipeline();

    public TensorShape StageShape(int stage) => _runner.StageShape(stage);

    public double StageTime(int stage) => _runner.StageMilliseconds(stage);

    public ReadOnlySpan<float> Output(int stage) => _runner.Output(stage);

    public static void RequireStage(int stage, int count)
    {
        if ((uint)stage >= (uint)count)
            throw new StatusException(Status.InvalidArgument, $"there is no stage {stage}; the pipeline has {count}, counted from 0");
    }

    public TimingsBlock Timings => new()
    {
        StructSize = (uint)System.Runtime.CompilerServices.Unsafe.SizeOf<TimingsBlock>(),
        Stages = _pipeline?.Stages.Length ?? 0,
        Submitted = _submitted,
        Run = _runner.Runs,
        Replaced = _replaced,
        Failed = _failed,
        SubmitMilliseconds = _submitMilliseconds,
        RunMilliseconds = _runMilliseconds,
    };

    public void Dispose()
    {
        using Visit _ = EnterInput();
        IsDisposed = true;
        _waiting.Dispose();
        _current.Dispose();
        _runner.Dispose();
    }
}
