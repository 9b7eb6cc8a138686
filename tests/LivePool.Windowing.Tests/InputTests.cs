using System.Numerics;
using Silk.NET.Input;
using Silk.NET.Windowing;

namespace LivePool.Windowing.Tests;

[Collection(DesktopTests.Name)]
public sealed class InputTests : IDisposable
{
    private readonly Desktop _desktop;
    private readonly IWindow _window;
    private readonly IInputContext _input;
    private readonly IKeyboard _keyboard;
    private readonly IMouse _mouse;

    public InputTests(Desktop desktop)
    {
        _desktop = desktop;
        bool hasFocus = false;
        _window = Window.Create(Desktop.Options());
        _window.FocusChanged += focused => hasFocus = focused;
        _window.Initialize();
        _input = _window.CreateInput();
        _keyboard = Assert.Single(_input.Keyboards);
        _mouse = Assert.Single(_input.Mice);
        _desktop.User("mousemove", "10", "10");
        _window.Focus();
        Desktop.Turn(_window, () => hasFocus, "the window has the focus");
    }

    public void Dispose()
    {
        _input.Dispose();
        _window.Dispose();
        _input.Dispose();
    }

    [Fact]
    public void A_key_goes_down_once_and_up_once()
    {
        var events = new List<(string What, Key Key, bool WasPressed)>();
        string text = "";
        _keyboard.KeyDown += (keyboard, key, scancode) =>
        {
            Assert.Same(_keyboard, keyboard);
            Assert.True(scancode > 0);
            events.Add(("down", key, keyboard.IsKeyPressed(key)));
        };
        _keyboard.KeyUp += (keyboard, key, _) => events.Add(("up", key, keyboard.IsKeyPressed(key)));
        _keyboard.KeyChar += (_, character) => text += character;

        _desktop.User("key", "a");
        Desktop.Turn(_window, () => events.Count >= 2, "a goes down and up");
        _desktop.User("key", "Escape");
        Desktop.Turn(_window, () => events.Count >= 4, "escape goes down and up");
        Desktop.Turn(_window, 0.05);

        Assert.Equal(
            [("down", Key.A, true), ("up", Key.A, false), ("down", Key.Escape, true), ("up", Key.Escape, false)],
            events);
        Assert.Equal("a", text);
    }

    [Fact]
    public void A_held_key_goes_down_once_though_its_character_repeats()
    {
        int downs = 0, ups = 0, characters = 0;
        _keyboard.KeyDown += (_, _, _) => downs++;
        _keyboard.KeyUp += (_, _, _) => ups++;
        _keyboard.KeyChar += (_, _) => characters++;

        _desktop.User("keydown", "x");
        Desktop.Turn(_window, () => characters >= 3, "the server repeats the held key");
        Assert.Equal((1, 0), (downs, ups));
        Assert.True(_keyboard.IsKeyPressed(Key.X));

        _desktop.User("keyup", "x");
        Desktop.Turn(_window, () => ups > 0, "x goes up");
        Desktop.Turn(_window, 0.05);
        Assert.Equal((1, 1), (downs, ups));
        Assert.False(_keyboard.IsKeyPressed(Key.X));
    }

    [Fact]
    public void The_mouse_moves_clicks_and_turns_its_wheel()
    {
        var moves = new List<Vector2>();
        var buttons = new List<string>();
        var turns = new List<(float X, float Y)>();
        bool wheelAgreed = true;
        _mouse.MouseMove += (_, position) => moves.Add(position);
        _mouse.MouseDown += (mouse, button) => buttons.Add($"{button} down {mouse.IsButtonPressed(button)}");
        _mouse.MouseUp += (mouse, button) => buttons.Add($"{button} up {mouse.IsButtonPressed(button)}");
        _mouse.Scroll += (_, wheel) =>
        {
            turns.Add((wheel.X, wheel.Y));
            wheelAgreed &= _mouse.ScrollWheels[0].Y == wheel.Y;
        };

        _desktop.User("mousemove", "130", "160");
        Desktop.Turn(_window, () => moves.Count > 0, "the mouse moves");
        Assert.Equal(new Vector2(30, 40), moves[^1]);
        Assert.Equal(new Vector2(30, 40), _mouse.Position);

        _desktop.User("click", "1", "click", "3");
        Desktop.Turn(_window, () => buttons.Count >= 4, "two buttons go down and up");
        Assert.Equal(["Left down True", "Left up False", "Right down True", "Right up False"], buttons);

        _desktop.User("click", "4");
        Desktop.Turn(_window, () => turns.Count >= 1, "the wheel turns");
        _desktop.User("click", "5");
        Desktop.Turn(_window, () => turns.Count >= 2, "the wheel turns back");
        Assert.Equal([(0f, 1f), (0f, -1f)], turns);
        Assert.True(wheelAgreed);
        _window.DoEvents();
        Assert.Equal(0, Assert.Single(_mouse.ScrollWheels).Y);

        _mouse.Position = new Vector2(50, 60);
        Desktop.Turn(_window, () => _mouse.Position == new Vector2(50, 60), "the mouse is put elsewhere");
    }

    [Fact]
    public void Text_goes_to_the_clipboard_and_back()
    {
        Assert.NotNull(_keyboard.ClipboardText);
        _keyboard.ClipboardText = "Würfel 7×7";
        Assert.Equal("Würfel 7×7", _keyboard.ClipboardText);
        _keyboard.ClipboardText = "";
        Assert.Equal("", _keyboard.ClipboardText);
        _keyboard.BeginInput();
        _keyboard.EndInput();
    }

    [Fact]
    public void The_cursor_takes_the_shapes_and_modes_that_the_system_has()
    {
        ICursor cursor = _mouse.Cursor;
        for (StandardCursor shape = StandardCursor.VResize; shape >= StandardCursor.Default; shape--)
        {
            cursor.StandardCursor = shape;
            Assert.Equal(shape, cursor.StandardCursor);
        }

        Assert.Throws<InvalidOperationException>(() => cursor.StandardCursor = StandardCursor.Wait);
        Assert.Equal(StandardCursor.Default, cursor.StandardCursor);
        foreach (CursorMode mode in new[] { CursorMode.Hidden, CursorMode.Disabled, CursorMode.Normal })
        {
            cursor.CursorMode = mode;
            Assert.Equal(mode, cursor.CursorMode);
        }
    }

    [Fact]
    public void Devices_name_what_they_report()
    {
        Assert.Equal(_window.Handle, _input.Handle);
        Assert.DoesNotContain(Key.Unknown, _keyboard.SupportedKeys);
        Assert.Contains(Key.Space, _keyboard.SupportedKeys);
        Assert.Equal(_keyboard.SupportedKeys.Count, _keyboard.SupportedKeys.Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 8).Select(button => (MouseButton)button), _mouse.SupportedButtons);
        Assert.All(new IInputDevice[] { _keyboard, _mouse }, device =>
        {
            Assert.NotEmpty(device.Name);
            Assert.Equal(0, device.Index);
            Assert.True(device.IsConnected);
        });
        Assert.False(_keyboard.IsKeyPressed(Key.Unknown));
        Assert.False(_mouse.IsButtonPressed(MouseButton.Unknown));
        Assert.False(_mouse.IsButtonPressed(MouseButton.Button12));
    }

    [Fact]
    public void Devices_are_silent_and_safe_when_their_window_is_gone()
    {
        _mouse.Cursor.StandardCursor = StandardCursor.Hand;
        _window.Dispose();

        Assert.Equal(0, _input.Handle);
        Assert.False(_keyboard.IsKeyPressed(Key.A));
        Assert.Equal("", _keyboard.ClipboardText);
        _keyboard.ClipboardText = "nobody";
        Assert.Equal(Vector2.Zero, _mouse.Position);
        Assert.False(_mouse.IsButtonPressed(MouseButton.Left));
        _mouse.Position = Vector2.One;
        _mouse.Cursor.CursorMode = CursorMode.Hidden;
        Assert.Throws<InvalidOperationException>(_window.CreateInput);
    }
}
