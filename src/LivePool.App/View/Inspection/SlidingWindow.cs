using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Gpu.Display;

namespace LivePool.App.View.Inspection;

/// <summary>
/// Slides a stage's window over its input: pins one output element after the other, row by row, and hides those that are still to
/// come. Small outputs go slowly, element by element; large ones skip, so that all of it takes no longer than <see cref="Seconds"/>.
/// </summary>
internal sealed class SlidingWindow(Picture picture, Inspector inspector)
{
    private const double StepsPerSecond = 4;
    private const double Seconds = 30;

    private int _stage;
    private int _channel;
    private double _due;

    public bool IsOn { get; private set; }

    public bool IsPlaying { get; private set; }

    /// <summary>Which output element, from 0 at the upper left, row by row.</summary>
    public int Position { get; private set; }

    /// <summary>How many there are.</summary>
    public int Count => picture.Stages.Compiled is { } compiled && _stage < compiled.Shapes.Count ? compiled.Shapes[_stage].PlaneSize : 0;

    /// <summary>How many elements it goes on by while it plays.</summary>
    public int Skip => (int)Math.Max(1, Math.Ceiling(Count / (StepsPerSecond * Seconds)));

    /// <summary>Begins with the stage that is looked at, or else with the first that has a window.</summary>
    public void Start()
    {
        if (picture.Stages.Compiled is not { } compiled)
            return;
        (int stage, int channel) = inspector.At is { Stage: >= 0 } at ? (at.Stage, at.Channel)
            : picture.Enlarged is { } one ? one
            : (Math.Max(0, compiled.Pipeline.Stages.ToList().FindIndex(spec => spec is not Pointwise)), 0);
        (_stage, _channel, Position, IsOn, IsPlaying, _due) = (stage, channel, 0, true, true, 0);
        Show();
    }

    public void Stop()
    {
        IsOn = false;
        inspector.Release();
    }

    public void TogglePlaying()
    {
        IsPlaying = !IsPlaying;
        if (IsPlaying && Position == Count - 1)
            Position = 0;
    }

    /// <summary>Goes some steps on, or back, and stays there.</summary>
    public void Step(int steps)
    {
        IsPlaying = false;
        Position = Math.Clamp(Position + steps, 0, Math.Max(0, Count - 1));
        Show();
    }

    /// <summary>Goes to a place, from 0 to 1, and stays there.</summary>
    public void Seek(float share)
    {
        IsPlaying = false;
        Position = (int)Math.Round(Math.Clamp(share, 0, 1) * Math.Max(0, Count - 1));
        Show();
    }

    /// <summary>Goes on while it plays.</summary>
    public void Update(double now)
    {
        if (!IsOn || picture.Stages.Compiled is not { } compiled)
            return;
        // Another element was pinned, or none: it was ended so.
        if (_stage >= compiled.Shapes.Count || _channel >= picture.Stages.Shape(_stage).C || inspector.Pinned != Current)
        {
            IsOn = false;
            return;
        }
        if (!IsPlaying || now < _due)
            return;
        bool isFirst = _due == 0;
        _due = now + 1 / StepsPerSecond;
        if (isFirst)
            return;
        if (Position == Count - 1)
            IsPlaying = false;
        Position = Math.Min(Position + Skip, Count - 1);
        Show();
    }

    private Element Current
    {
        get
        {
            (int row, int column) = Math.DivRem(Math.Min(Position, Count - 1), picture.Stages.Shape(_stage).W);
            return new(_stage, _channel, row, column);
        }
    }

    private void Show()
    {
        // It may have ended, and a pipeline that does not fit the frame has nothing to show.
        if (IsOn && Count > 0)
            inspector.Show(Current);
    }

    /// <summary>Hides what is still to come.</summary>
    public void Draw()
    {
        if (!IsOn || Count == 0)
            return;
        Element at = Current;
        TensorShape shape = picture.Stages.Shape(_stage);
        foreach (Tile tile in picture.Tiles)
        {
            if (tile.Stage != at.Stage || tile.Channel != at.Channel)
                continue;
            PixelRectangle cell = picture.PlaceOf(tile, at.Row, at.Column), whole = tile.Whole;
            int right = cell.X + cell.Width, bottom = cell.Y + cell.Height;
            picture.Renderer.BeginClip(tile.Place);
            picture.Fill(new(right, cell.Y, whole.X + whole.Width - right, cell.Height), picture.Theme.Panel);
            if (at.Row < shape.H - 1)
                picture.Fill(new(whole.X, bottom, whole.Width, whole.Y + whole.Height - bottom), picture.Theme.Panel);
            picture.Renderer.EndClip();
        }
    }
}
