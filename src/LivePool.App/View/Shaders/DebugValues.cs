using LivePool.App.Lab;
using LivePool.App.View.Inspection;
using LivePool.Gpu;
using LivePool.Gpu.UserShaders;

namespace LivePool.App.View.Shaders;

/// <summary>
/// What the shaders of the pipeline wrote by <c>DEBUG(value)</c> in one run: of all invocations, or of the one that writes the
/// pinned element. Read while that is shown, twice a second, because it waits for the GPU.
/// </summary>
internal sealed class DebugValues(Engine engine, Inspector inspector)
{
    private const double IntervalSeconds = 0.5;

    private readonly List<(int Stage, long Written, IReadOnlyList<DebugRecord> Kept)> _found = [];
    private GpuCompiledPipeline? _cleared;
    private double _due;

    /// <summary>The stages that write any, with what they wrote.</summary>
    public IReadOnlyList<(int Stage, long Written, IReadOnlyList<DebugRecord> Kept)> Found => _found;

    /// <summary>Asks for those of the next run, if that is due.</summary>
    public void Update(double now, bool isShown)
    {
        if (!isShown || now < _due || _cleared is not null || engine.Compiled is not GpuCompiledPipeline compiled)
            return;
        bool isAny = false;
        for (int i = 0; i < compiled.Shapes.Count; i++)
        {
            if (!IsDebugged(compiled, i))
                continue;
            isAny = true;
            compiled.ClearDebugValues(i, InvocationAt(compiled, i));
        }
        _due = now + IntervalSeconds;
        if (!isAny)
        {
            _found.Clear();
            return;
        }
        _cleared = compiled;
        engine.Invalidate();
    }

    /// <summary>Takes those of the run that has just been.</summary>
    /// <returns>Whether there is something new.</returns>
    public bool NoteFrame()
    {
        if (_cleared is not { } compiled)
            return false;
        _cleared = null;
        _found.Clear();
        if (!ReferenceEquals(compiled, engine.Compiled))
            return true;
        for (int i = 0; i < compiled.Shapes.Count; i++)
        {
            if (!IsDebugged(compiled, i))
                continue;
            (long written, IReadOnlyList<DebugRecord> kept) = compiled.ReadDebugValues(i);
            _found.Add((i, written, kept));
        }
        return true;
    }

    /// <summary>The pinned element's invocation, if a shader of the user's writes it.</summary>
    private (int, int, int)? InvocationAt(GpuCompiledPipeline compiled, int stage) =>
        inspector.Pinned is { } at && at.Stage == stage
            ? LabPlace.Invocation(compiled.Pipeline.Stages[stage], compiled.Shapes[stage], compiled.Reflection(stage)!, new(at.Column, at.Row, at.Channel))
            : null;

    private static bool IsDebugged(GpuCompiledPipeline compiled, int stage) => compiled.Pipeline.Stages[stage].Shader is UserShader { UsesDebug: true };
}
