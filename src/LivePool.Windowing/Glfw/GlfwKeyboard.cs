using System.Runtime.InteropServices;
using System.Text;
using Silk.NET.Input;

namespace LivePool.Windowing;

internal sealed class GlfwKeyboard : IKeyboard, IDisposable
{
    private static readonly Key[] _keys = [.. Enum.GetValues<Key>().Where(key => key != Key.Unknown).Distinct()];
    private readonly GlfwWindow _window;

    public GlfwKeyboard(GlfwWindow window)
    {
        _window = window;
        window.KeyChanged += OnKey;
        window.CharacterTyped += OnCharacter;
    }

    public event Action<IKeyboard, Key, int>? KeyDown;

    public event Action<IKeyboard, Key, int>? KeyUp;

    public event Action<IKeyboard, char>? KeyChar;

    public string Name => "Keyboard (GLFW)";

    public int Index => 0;

    public bool IsConnected => true;

    public IReadOnlyList<Key> SupportedKeys => _keys;

    public string ClipboardText
    {
        get => _window.IsInitialized ? Marshal.PtrToStringUTF8(Glfw.GetClipboardString(_window.Handle)) ?? "" : "";
        set
        {
            if (_window.IsInitialized)
                Glfw.SetClipboardString(_window.Handle, value);
        }
    }

    public bool IsKeyPressed(Key key) =>
        _window.IsInitialized
        && key is >= Key.Space and <= Key.Menu
        && Glfw.GetKey(_window.Handle, (int)key) == Glfw.Press;

    public void BeginInput()
    {
        // A desktop has no on-screen keyboard to show.
    }

    public void EndInput()
    {
        // A desktop has no on-screen keyboard to hide.
    }

    public void Dispose()
    {
        _window.KeyChanged -= OnKey;
        _window.CharacterTyped -= OnCharacter;
    }

    private void OnKey(int key, int scancode, int action)
    {
        if (action == Glfw.Press)
            KeyDown?.Invoke(this, (Key)key, scancode);
        else if (action == Glfw.Release)
            KeyUp?.Invoke(this, (Key)key, scancode);
    }

    private void OnCharacter(uint codePoint)
    {
        if (KeyChar is not { } keyChar || !Rune.TryCreate(codePoint, out Rune rune))
            return;
        Span<char> characters = stackalloc char[2];
        int count = rune.EncodeToUtf16(characters);
        foreach (char character in characters[..count])
            keyChar(this, character);
    }
}
