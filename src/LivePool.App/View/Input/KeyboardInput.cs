using Silk.NET.Input;

namespace LivePool.App.View.Input;

/// <summary>Hands keys to whatever takes what is typed, or else to the commands.</summary>
internal sealed class KeyboardInput(IReadOnlyList<WindowCommand> commands, ITextEntry[] entries, Redraw redraw)
{
    private bool _isTaken;

    public void Attach(IKeyboard keyboard)
    {
        keyboard.KeyDown += OnKeyDown;
        keyboard.KeyChar += OnKeyChar;
    }

    private ITextEntry? Entry => Array.Find(entries, entry => entry.IsTyping);

    private void OnKeyDown(IKeyboard keyboard, Key key, int scancode)
    {
        bool isControl = keyboard.IsKeyPressed(Key.ControlLeft) || keyboard.IsKeyPressed(Key.ControlRight);
        bool isShift = keyboard.IsKeyPressed(Key.ShiftLeft) || keyboard.IsKeyPressed(Key.ShiftRight);
        _isTaken = false;
        if (!isControl && Entry is { } entry && entry.Press(key))
        {
            redraw.All();
            return;
        }
        foreach (WindowCommand command in commands)
        {
            if (!command.Keys.Contains(new(key, isControl, isShift)) || !command.CanRun)
                continue;
            command.Run();
            // The character of the key that opened a text is not typed into it.
            _isTaken = true;
            redraw.All();
            return;
        }
    }

    private void OnKeyChar(IKeyboard keyboard, char character)
    {
        if (_isTaken || Entry is not { } entry)
            return;
        entry.Type(character);
        redraw.All();
    }
}
