using LivePool.Core;
using Silk.NET.Windowing;

namespace LivePool.App.View;

/// <summary>Opens a window with the best context that there is.</summary>
internal static class OpenedWindow
{
    /// <summary>The display that a window would open on, null without one.</summary>
    public static string? Display => Named("WAYLAND_DISPLAY") ?? Named("DISPLAY");

    /// <exception cref="BackendUnavailableException">There is no display, or no GL.</exception>
    public static IWindow Open()
    {
        if (OperatingSystem.IsLinux() && Display is null)
            throw new BackendUnavailableException("there is no display (DISPLAY is not set); use livepool run, which needs none");
        // Without compute shaders SIMD computes, and the window only shows. macOS ends at 4.1.
        var showOnly = new APIVersion(3, 3);
        try
        {
            return Open(OperatingSystem.IsMacOS() ? showOnly : new APIVersion(4, 3));
        }
        catch (Exception e) when (e is not LivePoolException)
        {
            try
            {
                return Open(showOnly);
            }
            catch (Exception without) when (without is not LivePoolException)
            {
                throw new BackendUnavailableException($"the window cannot be opened: {e.Message.TrimEnd('.')}; livepool run needs none", e);
            }
        }
    }

    private static string? Named(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    private static IWindow Open(APIVersion version)
    {
        WindowOptions options = WindowOptions.Default;
        options.Title = "LivePool";
        options.Size = new(1280, 720);
        options.API = new(ContextAPI.OpenGL, ContextProfile.Core, ContextFlags.ForwardCompatible, version);
        IWindow window = Window.Create(options);
        try
        {
            window.Initialize();
            return window;
        }
        catch
        {
            window.Dispose();
            throw;
        }
    }
}
