using System.Numerics;
using LivePool.App.View.Inspection;
using LivePool.App.View.Panels;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Gpu.UserShaders;
using Silk.NET.Input;

namespace LivePool.App.View.Input;

/// <summary>What the mouse does: looks, pins, moves and enlarges pictures, and works the panel.</summary>
/// <param name="pixelsPerUnit">Framebuffer pixels per unit of the mouse's positions.</param>
/// <param name="contentScale">Framebuffer pixels per unit of what is drawn.</param>
/// <param name="clock">The window's time, in seconds.</param>
/// <param name="picture">The pictures.</param>
/// <param name="inspector">What is looked at.</param>
/// <param name="panel">The side panel.</param>
/// <param name="palette">The list of commands.</param>
/// <param name="redraw">What has to be drawn anew.</param>
/// <param name="enlarge">Shows one channel alone, or all again.</param>
/// <param name="onRelease">The button was let go of.</param>
/// <param name="onLeave">The button went down on the pictures.</param>
internal sealed class PointerInput(
    float pixelsPerUnit, float contentScale, Func<double> clock, Picture picture, Inspector inspector, SidePanel panel, CommandPalette palette,
    Redraw redraw, Action enlarge, Action onRelease, Action onLeave)
{
    private const int DragUnits = 4;
    private const int DividerUnits = 8;
    private const double DoubleClickSeconds = 0.4;

    private Vector2 _at = new(-1, -1);
    private Vector2? _pressedAt;
    private bool _isDragging;
    private bool _isOnPanel;
    private bool _isOnDivider;
    private PanelArea? _sliding;
    private double _clickedAt = double.NegativeInfinity;
    private bool _isClickNew;
    private Vector2 _clickedOn;

    public void Attach(IMouse mouse)
    {
        mouse.MouseMove += (_, position) => OnMove(position * pixelsPerUnit);
        mouse.MouseDown += (_, button) => OnDown(button);
        mouse.MouseUp += (_, button) => OnUp(button);
        mouse.Scroll += (_, wheel) => OnScroll(wheel.Y);
    }

    /// <summary>Where the pointer is on a free stage's output; null where it is elsewhere.</summary>
    public MousePlace? OnFreeStage =>
        !_isOnPanel && !palette.IsTyping && !panel.Contains(_at) && picture.Find(_at.X, _at.Y) is { Element: { Stage: >= 0 } on }
        && picture.Stages.Compiled?.Pipeline.Stages[on.Stage] is FreeStage
            ? new(on.Stage, on.Column, on.Row, _pressedAt is not null) : null;

    /// <summary>Events are about to be taken. A second click had no chance before, however long the frame took.</summary>
    public void BeginEvents()
    {
        if (_isClickNew)
            (_clickedAt, _isClickNew) = (clock(), false);
    }

    /// <summary>Looks at what the pointer is on, which a picture may have moved to.</summary>
    public void Hover()
    {
        if (_isDragging || _isOnDivider || _isOnPanel)
            return;
        bool wasThere = inspector.At is not null;
        bool isCovered = palette.IsTyping || panel.Contains(_at);
        inspector.Hover(isCovered ? null : picture.Find(_at.X, _at.Y)?.Element);
        if (wasThere && inspector.At is null)
            redraw.All();
    }

    private void OnMove(Vector2 position)
    {
        redraw.Window();
        Vector2 before = _at;
        _at = position;
        if (_isOnPanel)
        {
            if (_sliding is { } area)
                Act(() => area.Slide!(panel.ShareOf(area, _at)));
            else if (panel.Find(_at) is { Drag: { } drag })
                Act(drag);
            return;
        }
        if (_isOnDivider)
        {
            picture.MoveDivider(_at.X);
            return;
        }
        if (_pressedAt is { } pressed && Vector2.Distance(pressed, _at) > DragUnits * contentScale)
            _isDragging = true;
        if (_isDragging && picture.Find(_at.X, _at.Y) is { } dragged)
            picture.Viewport.Pan(_at.X - before.X, _at.Y - before.Y, dragged.Tile.Whole);
    }

    private void OnDown(MouseButton button)
    {
        if (button != MouseButton.Left)
            return;
        redraw.Window();
        if (palette.IsTyping)
        {
            Act(() => palette.Click(_at));
        }
        else if (panel.Contains(_at))
        {
            _isOnPanel = true;
            _sliding = panel.Find(_at) is { Slide: not null } area ? area : null;
            if (_sliding is { } sliding)
                Act(() => sliding.Slide!(panel.ShareOf(sliding, _at)));
            else if (panel.Find(_at)?.Click is { } click)
                Act(click);
        }
        else if (picture.DividerAt(_at.Y) is { } divider && Math.Abs(divider - _at.X) <= DividerUnits * contentScale)
        {
            _isOnDivider = true;
        }
        else
        {
            (_pressedAt, _isDragging) = (_at, false);
            onLeave();
        }
    }

    private void Act(Action action)
    {
        action();
        redraw.All();
    }

    private void OnUp(MouseButton button)
    {
        if (button != MouseButton.Left)
            return;
        (_isOnPanel, _isOnDivider, _sliding) = (false, false, null);
        redraw.Window();
        onRelease();
        if (_pressedAt is null)
            return;
        bool wasDragging = _isDragging;
        (_pressedAt, _isDragging) = (null, false);
        if (wasDragging || picture.Find(_at.X, _at.Y) is not { } found)
            return;
        double now = clock();
        bool isDouble = now - _clickedAt < DoubleClickSeconds && Vector2.Distance(_clickedOn, _at) <= DragUnits * contentScale;
        (_clickedAt, _clickedOn, _isClickNew) = (isDouble ? double.NegativeInfinity : now, _at, !isDouble);
        if (isDouble)
        {
            inspector.Pin(null);
            inspector.Hover(found.Element);
            enlarge();
        }
        else
        {
            inspector.Pin(found.Element);
        }
        redraw.All();
    }

    private void OnScroll(float steps)
    {
        redraw.Window();
        if (palette.IsTyping)
        {
            Act(() => palette.Wheel(steps));
        }
        else if (panel.Contains(_at))
        {
            if (panel.Find(_at)?.Wheel is { } turn)
                Act(() => turn(steps));
            else
                panel.Scroll(steps);
        }
        else if (picture.Find(_at.X, _at.Y) is { } found)
        {
            TensorShape shape = picture.Stages.Shape(found.Tile.Stage);
            picture.Viewport.ZoomBy(steps, found.Tile.Place, found.Tile.Whole, shape.W, shape.H, (_at.X, _at.Y));
            redraw.All();
        }
    }
}
