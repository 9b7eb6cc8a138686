using LivePool.Core;
using LivePool.Core.Pipelines;

namespace LivePool.App.View.Editing;

/// <summary>Changes of the pipeline that is shown, and the way back. What does not fit the frames is refused, and changes nothing.</summary>
/// <param name="engine">What runs it.</param>
/// <param name="onChange">What to do after a change.</param>
internal sealed class PipelineEdits(Engine engine, Action onChange)
{
    private readonly Stack<Pipeline> _past = [];
    private readonly Stack<Pipeline> _future = [];

    public Pipeline Pipeline => engine.Pipeline;

    /// <summary>Why the last change was refused; null where it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Takes another pipeline.</summary>
    public void Do(Pipeline changed)
    {
        if (!TryApply(changed.Name.EndsWith('*') ? changed : changed with { Name = changed.Name + "*" }, out Pipeline former))
            return;
        _past.Push(former);
        _future.Clear();
    }

    public void Undo() => Step(_past, _future);

    public void Redo() => Step(_future, _past);

    /// <summary>Another pipeline was chosen: there is no way back from it.</summary>
    public void Forget()
    {
        _past.Clear();
        _future.Clear();
        Refusal = null;
    }

    private void Step(Stack<Pipeline> from, Stack<Pipeline> to)
    {
        if (from.TryPeek(out Pipeline? next) && TryApply(next, out Pipeline former))
        {
            from.Pop();
            to.Push(former);
        }
    }

    private bool TryApply(Pipeline changed, out Pipeline former)
    {
        former = engine.Pipeline;
        Refusal = null;
        try
        {
            if (engine.InputShape is { } input)
                changed.Shapes(input with { C = changed.Channels });
        }
        catch (LivePoolException e)
        {
            Refusal = e.Message;
            return false;
        }
        finally
        {
            onChange();
        }
        engine.Replace(changed);
        return true;
    }
}
