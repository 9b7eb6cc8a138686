using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LivePool.Windowing;

/// <summary>
/// Hands GLFW's events to their window. No exception may leave these functions, since GLFW's own frames lie below
/// them; the window keeps it and throws it when GLFW has returned.
/// </summary>
internal static unsafe class GlfwCallbacks
{
    public static void Register(nint window)
    {
        Glfw.SetWindowPosCallback(window, &OnMove);
        Glfw.SetWindowSizeCallback(window, &OnResize);
        Glfw.SetFramebufferSizeCallback(window, &OnFramebufferResize);
        Glfw.SetWindowCloseCallback(window, &OnClose);
        Glfw.SetWindowRefreshCallback(window, &OnRefresh);
        Glfw.SetWindowFocusCallback(window, &OnFocus);
        Glfw.SetWindowIconifyCallback(window, &OnStateChange);
        Glfw.SetWindowMaximizeCallback(window, &OnStateChange);
        Glfw.SetDropCallback(window, &OnDrop);
        Glfw.SetKeyCallback(window, &OnKey);
        Glfw.SetCharCallback(window, &OnChar);
        Glfw.SetMouseButtonCallback(window, &OnMouseButton);
        Glfw.SetCursorPosCallback(window, &OnMouseMove);
        Glfw.SetScrollCallback(window, &OnScroll);
    }

    private static void Dispatch(nint handle, Action<GlfwWindow> raise)
    {
        nint pointer = Glfw.GetWindowUserPointer(handle);
        if (pointer == 0 || GCHandle.FromIntPtr(pointer).Target is not GlfwWindow window)
            return;
        try
        {
            raise(window);
        }
        catch (Exception exception)
        {
            window.KeepException(exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMove(nint handle, int x, int y) => Dispatch(handle, w => w.RaiseMove(x, y));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnResize(nint handle, int width, int height) =>
        Dispatch(handle, w => w.RaiseResize(width, height));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFramebufferResize(nint handle, int width, int height) =>
        Dispatch(handle, w => w.RaiseFramebufferResize(width, height));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnClose(nint handle) => Dispatch(handle, w => w.RaiseClosing());

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnRefresh(nint handle) => Dispatch(handle, w => w.DrawDuringEvents());

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFocus(nint handle, int focused) => Dispatch(handle, w => w.RaiseFocusChanged(focused != 0));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnStateChange(nint handle, int entered) => Dispatch(handle, w => w.RaiseStateChanged());

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDrop(nint handle, int count, nint* paths)
    {
        string[] names = new string[count];
        for (int i = 0; i < count; i++)
            names[i] = Marshal.PtrToStringUTF8(paths[i]) ?? "";
        Dispatch(handle, w => w.RaiseFileDrop(names));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnKey(nint handle, int key, int scancode, int action, int modifiers) =>
        Dispatch(handle, w => w.RaiseKey(key, scancode, action));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnChar(nint handle, uint codePoint) => Dispatch(handle, w => w.RaiseCharacter(codePoint));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMouseButton(nint handle, int button, int action, int modifiers) =>
        Dispatch(handle, w => w.RaiseMouseButton(button, action));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMouseMove(nint handle, double x, double y) => Dispatch(handle, w => w.RaiseMouseMove(x, y));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnScroll(nint handle, double x, double y) => Dispatch(handle, w => w.RaiseScroll(x, y));
}
