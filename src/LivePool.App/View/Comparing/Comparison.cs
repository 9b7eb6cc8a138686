using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu;
using LivePool.Gpu.Display;
using Silk.NET.OpenGL;

namespace LivePool.App.View.Comparing;

/// <summary>How two planes are shown.</summary>
internal enum CompareMode
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary>Side by side.</summary>
    Split,

    /// <summary>One over the other, up to a line that is dragged.</summary>
    Wipe,

    /// <summary>Where they differ, and by how much.</summary>
    Difference,
}

/// <summary>
/// Sets a channel of a stage beside the same from another backend, or beside what it was before it was pooled. Backends are
/// compared on the same frame, a few times a second; the processor's compute on a thread of their own.
/// </summary>
internal sealed class Comparison(GL gl, Engine engine) : IDisposable
{
    private const double IntervalSeconds = 0.25;

    private readonly PlaneTextures _mine = new(gl);
    private readonly PlaneTextures _theirs = new(gl);
    private readonly PlaneTextures _heat = new(gl);
    private OtherBackend? _other;
    private ICompiledPipeline? _compared;
    private float[] _myElements = [];
    private float[] _theirElements = [];
    private Task<Found>? _task;
    private double _due;
    private bool _awaitsFrame = true;

    /// <summary>What a comparison came to.</summary>
    private sealed record Found(Subject Subject, ICompiledPipeline Compiled, TensorShape Shape, float[] Mine, float[] Theirs, PlaneComparison Planes, TensorShape TheirShape, (double, double)? Times);

    /// <summary>What is compared with what.</summary>
    /// <param name="Backend">One of <see cref="Engine.OtherNames"/>; null for the stage's input.</param>
    /// <param name="Stage">Whose output.</param>
    /// <param name="Channel">Which channel.</param>
    public sealed record Subject(string? Backend, int Stage, int Channel);

    public CompareMode Mode { get; private set; }

    /// <summary>What is compared; null until something was chosen.</summary>
    public Subject? Chosen { get; private set; }

    /// <summary>Whether there is anything to be seen.</summary>
    public bool IsShown { get; private set; }

    /// <summary>What the last comparison came to; null before the first.</summary>
    public PlaneComparison? Planes { get; private set; }

    /// <summary>The compared plane's shape, <c>[1, 1, H, W]</c>.</summary>
    public TensorShape Shape { get; private set; }

    /// <summary>What the stage took here and there, in milliseconds; null where nothing else computes it.</summary>
    public (double Mine, double Theirs)? Times { get; private set; }

    /// <summary>Why there is none; null where there is.</summary>
    public LivePoolException? Failure { get; private set; }

    /// <summary>Who computed the left one.</summary>
    public string Mine => engine.Backend.Name;

    /// <summary>Whether it is two shaders that are compared, on one backend.</summary>
    public bool IsOfShaders => Chosen?.Backend is { } name && !BackendNames.All.Contains(name);

    /// <summary>The ends of the colours of both, those of the left one.</summary>
    public PlaneRange Range { get; private set; }

    /// <summary>An element of what is compared.</summary>
    public float Element(TileContent content, int index) => content switch
    {
        TileContent.Mine => _myElements[index],
        TileContent.Theirs => _theirElements[index],
        _ => Planes!.Differences[index],
    };

    /// <summary>Where the wipe's line is, from 0 to 1.</summary>
    public double Divider { get; set; } = 0.5;

    /// <summary>The stage that is on the left: the same, or the one before it.</summary>
    public int LeftStage => Chosen!.Backend is null ? Chosen.Stage - 1 : Chosen.Stage;

    /// <summary>The planes that are set beside each other, and their differences.</summary>
    public (PlaneTextures Mine, PlaneTextures Theirs, PlaneTextures Heat) Textures => (_mine, _theirs, _heat);

    /// <summary>Shows it in another way.</summary>
    public void Choose(CompareMode mode)
    {
        Mode = mode;
        (_due, _awaitsFrame) = (0, true);
    }

    /// <summary>Compares something else.</summary>
    public void Choose(Subject subject)
    {
        if (subject == Chosen)
            return;
        if (subject.Backend != Chosen?.Backend)
            LetGo();
        Chosen = subject;
        (Planes, Failure, _due, _awaitsFrame) = (null, null, 0, true);
    }

    /// <summary>Begins anew: what the shaders are is another.</summary>
    public void Restart()
    {
        LetGo();
        (Failure, _due, _awaitsFrame) = (null, 0, true);
    }

    /// <summary>A new frame was run.</summary>
    public void NoteFrame() => _awaitsFrame = true;

    /// <summary>Goes on with it.</summary>
    /// <returns>Whether there is something new to show.</returns>
    public bool Update(double now, StageTextures stages)
    {
        bool isNew = Continue(now, stages);
        bool wasShown = IsShown;
        IsShown = Mode != CompareMode.Off && Planes is not null && Fits(stages);
        bool wasCurrent = IsCurrent;
        IsCurrent = IsShown && ReferenceEquals(_compared, stages.Compiled);
        return isNew || IsShown != wasShown || IsCurrent != wasCurrent;
    }

    /// <summary>Whether what was compared is what is shown; else it is of a pipeline or a backend from before, and the next is on its way.</summary>
    public bool IsCurrent { get; private set; }

    /// <summary>Whether what was compared is still there: the pipeline may have changed since.</summary>
    private bool Fits(StageTextures stages) => stages.Compiled is { } compiled && Chosen!.Stage < compiled.Shapes.Count
        && Chosen.Channel < compiled.Shapes[Chosen.Stage].C && Chosen.Channel < stages.Shape(LeftStage).C && One(stages.Shape(LeftStage)) == Shape;

    private bool Continue(double now, StageTextures stages)
    {
        if (_task is { IsCompleted: true } done)
        {
            _task = null;
            // Half of the time is for others.
            _due = now + IntervalSeconds;
            return Adopt(done, stages);
        }
        if (Mode == CompareMode.Off || Chosen is not { } subject || _task is not null || !_awaitsFrame || now < _due || stages.Compiled is not { } compiled)
            return false;
        if (subject.Stage >= compiled.Shapes.Count || subject.Channel >= compiled.Shapes[subject.Stage].C)
            subject = Chosen = subject with { Stage = Math.Min(subject.Stage, compiled.Shapes.Count - 1), Channel = 0 };
        (_awaitsFrame, _due) = (false, now + IntervalSeconds);
        try
        {
            Begin(subject, stages, compiled);
        }
        catch (LivePoolException e)
        {
            return Fail(e);
        }
        return false;
    }

    private bool Fail(LivePoolException e)
    {
        (Planes, Failure) = (null, e);
        return true;
    }

    private void Begin(Subject subject, StageTextures stages, ICompiledPipeline compiled)
    {
        TensorShape shape = compiled.Shapes[subject.Stage];
        float[] output = Plane(compiled.Output(subject.Stage), shape, subject.Channel);
        if (subject.Backend is null)
        {
            TensorShape before = stages.Shape(subject.Stage - 1);
            PoolCells cells = PoolCells.Of(compiled.Pipeline.Stages[subject.Stage], before, shape)
                ?? throw new LivePoolException($"{compiled.Pipeline.Stages[subject.Stage].Title} is no pool; choose one, or compare backends");
            float[] input = Plane(subject.Stage == 0 ? stages.Input : compiled.Output(subject.Stage - 1), before, subject.Channel);
            _task = Task.Run(() => new Found(subject, compiled, One(before), input, output, PlaneComparison.Of(input, Spread(output, shape, before, cells)), One(shape), null));
            return;
        }
        byte[] frame = engine.Input.ToArray();
        Pipeline pipeline = compiled.Pipeline;
        TensorShape inputShape = compiled.InputShape;
        double time = compiled.StageMilliseconds[subject.Stage];
        if (!engine.OtherNames.Contains(subject.Backend))
            throw new LivePoolException($"{subject.Backend} is nothing that {pipeline.Name} could be compared with; choose another");
        OtherBackend other = _other ??= engine.Open(subject.Backend);
        var mine = compiled as GpuCompiledPipeline;
        // GL belongs to the window's thread.
        _task = other.IsGpu ? Task.FromResult(Compare()) : Task.Run(Compare);

        Found Compare()
        {
            ICompiledPipeline theirs = other.Run(pipeline, inputShape, frame, mine);
            if (theirs.Shapes[subject.Stage] != shape)
                throw new LivePoolException($"{shape} and {theirs.Shapes[subject.Stage]} are no shapes to compare");
            float[] plane = Plane(theirs.Output(subject.Stage), shape, subject.Channel);
            return new(subject, compiled, One(shape), output, plane, PlaneComparison.Of(output, plane), One(shape), (time, theirs.StageMilliseconds[subject.Stage]));
        }
    }

    private bool Adopt(Task<Found> done, StageTextures stages)
    {
        if (done.IsFaulted && done.Exception.InnerException is LivePoolException e)
            return Fail(e);
        Found found = done.GetAwaiter().GetResult();
        // What was chosen since, or is computed by now, is another.
        if (found.Subject != Chosen || !ReferenceEquals(found.Compiled, stages.Compiled))
        {
            _awaitsFrame = true;
            return false;
        }
        _compared = found.Compiled;
        (_myElements, _theirElements) = (found.Mine, found.Theirs);
        Range = PlaneRange.Of(found.Mine);
        _mine.Upload(found.Mine, found.Shape);
        _theirs.Upload(found.Theirs, found.TheirShape);
        _heat.Upload(found.Planes.Heat, found.Shape);
        (Planes, Shape, Times, Failure) = (found.Planes, found.Shape, found.Times, null);
        return true;
    }

    private static TensorShape One(TensorShape shape) => shape with { N = 1, C = 1 };

    private static float[] Plane(ReadOnlySpan<float> planes, TensorShape shape, int channel) => planes.Slice(channel * shape.PlaneSize, shape.PlaneSize).ToArray();

    /// <summary>A pool's output on the elements of its input.</summary>
    private static float[] Spread(float[] pooled, TensorShape shape, TensorShape input, PoolCells cells)
    {
        float[] spread = new float[input.PlaneSize];
        for (int row = 0; row < input.H; row++)
        {
            int from = cells.RowAt(row, shape.H) * shape.W;
            for (int column = 0; column < input.W; column++)
                spread[row * input.W + column] = pooled[from + cells.ColumnAt(column, shape.W)];
        }
        return spread;
    }

    /// <summary>Lets go of the other backend, as soon as it has done what it is at.</summary>
    private void LetGo()
    {
        OtherBackend? other = _other;
        _other = null;
        if (_task is { IsCompleted: false } running)
            running.ContinueWith(_ => other?.Dispose(), TaskScheduler.Default);
        else
            other?.Dispose();
        _task = null;
    }

    public void Dispose()
    {
        LetGo();
        _mine.Dispose();
        _theirs.Dispose();
        _heat.Dispose();
    }
}
