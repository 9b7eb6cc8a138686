using System.Diagnostics;
using LivePool.Core.Backends;
using LivePool.Core.Tensors;

namespace LivePool.App.View.Inspection;

/// <summary>Which element is looked at: the one under the pointer, or the one that was pinned.</summary>
internal sealed class Inspector
{
    /// <summary>While frames come, so often: numbers that change faster cannot be read.</summary>
    private const double IntervalSeconds = 0.2;

    private Element? _hovered;
    private bool _isStale;
    private double _due;

    /// <summary>The pinned element; null for the one under the pointer.</summary>
    public Element? Pinned { get; private set; }

    /// <summary>The element that is looked at; null where there is none.</summary>
    public Element? At => Pinned ?? _hovered;

    /// <summary>What is known of it; null where there is none, or it is new.</summary>
    public ElementInspection? Current { get; private set; }

    /// <summary>Looks at what is under the pointer, unless an element is pinned.</summary>
    public void Hover(Element? element)
    {
        if (element == _hovered)
            return;
        _hovered = element;
        if (Pinned is null)
            Forget();
    }

    /// <summary>Pins an element, or lets go of the one that is pinned already.</summary>
    public void Pin(Element? element)
    {
        Pinned = element == Pinned ? null : element;
        Forget();
    }

    /// <summary>Pins an element, whichever was.</summary>
    public void Show(Element element)
    {
        Pinned = element;
        Forget();
    }

    /// <summary>Looks at what is under the pointer again.</summary>
    public void Release()
    {
        Pinned = null;
        Forget();
    }

    /// <summary>Moves the pinned element, as far as its picture goes.</summary>
    public void MoveBy(int columns, int rows, TensorShape shape)
    {
        if (Pinned is not { } at)
            return;
        Pinned = at with { Row = Math.Clamp(at.Row + rows, 0, shape.H - 1), Column = Math.Clamp(at.Column + columns, 0, shape.W - 1) };
        Forget();
    }

    /// <summary>A new frame is shown: what was known is of the former.</summary>
    public void NoteFrame() => _isStale = true;

    /// <summary>Nothing is known any more.</summary>
    public void Forget() => (Current, _due) = (null, 0);

    /// <summary>Lets go of an element that is not there any more.</summary>
    public void Clamp(StageTextures stages)
    {
        if (At is not { } at)
            return;
        bool isThere = stages.Compiled is { } compiled && at.Stage < compiled.Shapes.Count && stages.Shape(at.Stage) is var shape
            && at.Channel < shape.C && at.Row < shape.H && at.Column < shape.W;
        if (isThere)
            return;
        (Pinned, _hovered) = (null, null);
        Forget();
    }

    /// <summary>Looks again where that is due.</summary>
    /// <returns>Whether there is something new.</returns>
    public bool Update(double now, StageTextures stages, IBackend backend, Func<IBackend[]> findOthers)
    {
        if (At is not { } at || stages.Compiled is null || Current is not null && !(_isStale && now >= _due))
            return false;
        long begin = Stopwatch.GetTimestamp();
        Current = ElementInspection.Of(at, stages, backend, findOthers());
        _isStale = false;
        // What depends on a whole picture takes a while, and no more than a part of the time.
        _due = now + Math.Max(IntervalSeconds, 8 * Stopwatch.GetElapsedTime(begin).TotalSeconds);
        return true;
    }
}
