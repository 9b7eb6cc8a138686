namespace Silk.NET.Input;

/// <summary>A keyboard.</summary>
public interface IKeyboard : IInputDevice
{
    /// <summary>A key went down. Its repeats while held are not reported. The last argument is the scancode.</summary>
    event Action<IKeyboard, Key, int>? KeyDown;

    /// <summary>A key came up. The last argument is the scancode.</summary>
    event Action<IKeyboard, Key, int>? KeyUp;

    /// <summary>A character was typed, repeats included. One beyond U+FFFF comes as its two surrogates.</summary>
    event Action<IKeyboard, char>? KeyChar;

    /// <summary>The keys that can be reported.</summary>
    IReadOnlyList<Key> SupportedKeys { get; }

    /// <summary>The clipboard's text; empty when it has none.</summary>
    string ClipboardText { get; set; }

    /// <summary>Whether a key is down.</summary>
    /// <param name="key">Which.</param>
    bool IsKeyPressed(Key key);

    /// <summary>
    /// Text entry begins: shows the on-screen keyboard where the platform has one; a desktop has none.
    /// </summary>
    void BeginInput();

    /// <summary>Text entry ends: hides the on-screen keyboard where the platform has one; a desktop has none.</summary>
    void EndInput();
}
