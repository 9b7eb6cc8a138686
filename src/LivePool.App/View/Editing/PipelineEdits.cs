using LivePool.Core;
using LivePool.Core.Pipelines;

namespace LivePool.App.View.Editing;

/// <summary>Changes of the pipeline that is shown, and the way back. What does not fit the frames is refused, and changes nothing.</summary>
/// <param name="engine">What runs it.</param>
/// <param name="verifier">What has to let go of a pipeline before it is changed.</param>
internal sealed class PipelineEdits(Engine engine, Verifier verifier)
{
    private readonly Stack<Pipeline> _past = [];
    private readonly Stack<Pipeline> _future = [];
    private string? _gesture;

    public Pipeline Pipeline => engine.Pipeline;

    /// <summary>Why the last change was refused; null where it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Takes another pipeline.</summary>
    /// <param name="change">Makes it of the one that is there; the same one where nothing is to be changed.</param>
    /// <param name="gesture">What is being dragged: its changes are undone as one. Null for a change of its own.</param>
    /// <param name="isMarked">Whether its name says that it was changed.</param>
    /// <returns>Whether it was taken; <see cref="Refusal"/> says why not.</returns>
    public bool Do(Func<Pipeline, Pipeline> change, string? gesture = null, bool isMarked = true)
    {
        bool isSame = false;
        if (!TryApply(Changed, out Pipeline former))
            return false;
        if (isSame)
            return true;
        if (gesture is null || gesture != _gesture)
            _past.Push(former);
        _gesture = gesture;
        _future.Clear();
        return true;

        Pipeline Changed(Pipeline now)
        {
            Pipeline changed = change(now);
            isSame = ReferenceEquals(changed, now);
            return isMarked && !isSame ? Marked(changed) : changed;
        }
    }

    private static Pipeline Marked(Pipeline changed) => changed.Name.EndsWith('*') ? changed : changed with { Name = changed.Name + "*" };

    /// <summary>What was dragged was let go of.</summary>
    public void EndGesture() => _gesture = null;

    public void Undo() => Step(_past, _future);

    public void Redo() => Step(_future, _past);

    /// <summary>Takes another pipeline whether it fits the frames or not: the window then says why not.</summary>
    public void Choose(Pipeline chosen)
    {
        _past.Push(engine.Pipeline);
        _future.Clear();
        (_gesture, Refusal) = (null, null);
        verifier.Around(() => engine.Replace(chosen));
    }

    /// <summary>Changes every pipeline that can be gone back to, as the one that is shown was.</summary>
    public void Renew(Func<Pipeline, Pipeline> change)
    {
        foreach (Stack<Pipeline> stack in (Stack<Pipeline>[])[_past, _future])
        {
            Pipeline[] all = [.. stack.Reverse().Select(change)];
            stack.Clear();
            foreach (Pipeline pipeline in all)
                stack.Push(pipeline);
        }
    }

    private void Step(Stack<Pipeline> from, Stack<Pipeline> to)
    {
        _gesture = null;
        if (!from.TryPeek(out Pipeline? next) || !TryApply(_ => next, out Pipeline former))
            return;
        from.Pop();
        to.Push(former);
    }

    private bool TryApply(Func<Pipeline, Pipeline> change, out Pipeline former)
    {
        former = engine.Pipeline;
        Refusal = null;
        try
        {
            Pipeline changed = change(former);
            if (ReferenceEquals(changed, former))
                return true;
            engine.Require(changed);
            verifier.Around(() => engine.Replace(changed));
            return true;
        }
        catch (LivePoolException e)
        {
            Refusal = e.Message;
            return false;
        }
    }
}
