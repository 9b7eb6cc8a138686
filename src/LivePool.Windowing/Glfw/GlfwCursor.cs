using Silk.NET.Input;

namespace LivePool.Windowing;

internal sealed class GlfwCursor(GlfwWindow window) : ICursor, IDisposable
{
    private nint _cursor;

    public StandardCursor StandardCursor
    {
        get;
        set
        {
            if (!window.IsInitialized || field == value)
                return;
            nint created = value == StandardCursor.Default ? 0 : Create(value);
            Show(created);
            field = value;
        }
    }

    public CursorMode CursorMode
    {
        get
        {
            if (!window.IsInitialized)
                return CursorMode.Normal;
            return Glfw.GetInputMode(window.Handle, Glfw.CursorMode) switch
            {
                Glfw.CursorHidden => CursorMode.Hidden,
                Glfw.CursorDisabled when Glfw.GetInputMode(window.Handle, Glfw.RawMouseMotion) != 0 => CursorMode.Raw,
                Glfw.CursorDisabled => CursorMode.Disabled,
                _ => CursorMode.Normal,
            };
        }
        set
        {
            if (!window.IsInitialized)
                return;
            bool canBeRaw = Glfw.RawMouseMotionSupported() != 0;
            if (value == CursorMode.Raw && !canBeRaw)
                throw new InvalidOperationException("The system has no raw mouse motion; use CursorMode.Disabled.");
            Glfw.SetInputMode(window.Handle, Glfw.CursorMode, value switch
            {
                CursorMode.Normal => Glfw.CursorNormal,
                CursorMode.Hidden => Glfw.CursorHidden,
                _ => Glfw.CursorDisabled,
            });
            if (canBeRaw)
                Glfw.SetInputMode(window.Handle, Glfw.RawMouseMotion, value == CursorMode.Raw ? 1 : 0);
        }
    }

    public void Dispose() => StandardCursor = StandardCursor.Default;

    /// <summary>GLFW numbers its shapes in Silk.NET's order as far as it has them.</summary>
    private static nint Create(StandardCursor shape)
    {
        GlfwLibrary.ClearError();
        nint cursor = shape is >= StandardCursor.Arrow and <= StandardCursor.NotAllowed
            ? Glfw.CreateStandardCursor(Glfw.ArrowCursor + (shape - StandardCursor.Arrow))
            : 0;
        return cursor != 0
            ? cursor
            : throw new InvalidOperationException($"There is no {shape} cursor here: {GlfwLibrary.TakeError()}.");
    }

    private void Show(nint cursor)
    {
        Glfw.SetCursor(window.Handle, cursor);
        if (_cursor != 0)
            Glfw.DestroyCursor(_cursor);
        _cursor = cursor;
    }
}
