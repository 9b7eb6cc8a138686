using System.Diagnostics;
using System.Runtime.InteropServices;
using LivePool.Testing;
using Silk.NET.Maths;
using Silk.NET.Windowing;

namespace LivePool.Windowing.Tests;

/// <summary>All tests with windows: one after the other, on an X server of their own.</summary>
[CollectionDefinition(Name)]
public sealed class DesktopTests : ICollectionFixture<Desktop>
{
    public const string Name = "Windows on a desktop";
}

/// <summary>An X server, its user, and this process's DISPLAY.</summary>
public sealed partial class Desktop : IDisposable
{
    public const int Width = 1024, Height = 768;

    private readonly XServer _server = new(Width, Height);

    public Desktop() => SetDisplay(_server.Display);

    /// <summary>A small window for tests, without a GL context and without a limit on its rate.</summary>
    public static WindowOptions Options(string title = "LivePool test") => WindowOptions.Default with
    {
        Title = title,
        API = GraphicsAPI.None,
        VSync = false,
        Position = new Vector2D<int>(100, 120),
        Size = new Vector2D<int>(320, 240),
    };

    /// <summary>Turns the window's loop until something holds.</summary>
    public static void Turn(IWindow window, Func<bool> until, string what, double seconds = 5)
    {
        var clock = Stopwatch.StartNew();
        while (!until())
        {
            Assert.True(clock.Elapsed.TotalSeconds < seconds, $"For {seconds} s in vain: {what}");
            window.DoEvents();
            window.DoUpdate();
            window.DoRender();
            Thread.Sleep(1);
        }
    }

    /// <summary>Turns the window's loop for a while.</summary>
    public static void Turn(IWindow window, double seconds)
    {
        var clock = Stopwatch.StartNew();
        Turn(window, () => clock.Elapsed.TotalSeconds >= seconds, "time passes", seconds + 5);
    }

    /// <summary>Gives an xdotool command, such as <c>key a</c>, and returns what it prints.</summary>
    public string User(params string[] command) => _server.User(command);

    /// <summary>The X window with a title.</summary>
    public string Find(string title)
    {
        string found = User("search", "--name", $"^{title}$");
        Assert.True(found.Length > 0, $"xdotool sees no window with the title {title}");
        return found.Split('\n')[0];
    }

    /// <summary>What a window manager does when the user clicks a window's close button.</summary>
    public void Close(string title)
    {
        const int ClientMessage = 33;
        var message = new ClientMessageEvent { Type = ClientMessage, Format = 32, Window = nint.Parse(Find(title)) };
        nint connection = OpenDisplay(_server.Display);
        message.Kind = InternAtom(connection, "WM_PROTOCOLS", 0);
        message.Data = InternAtom(connection, "WM_DELETE_WINDOW", 0);
        Assert.NotEqual(0, SendEvent(connection, message.Window, 0, 0, ref message));
        _ = CloseDisplay(connection);
    }

    /// <summary>Whether a pixel of the screen is pure green.</summary>
    public bool IsGreenAt(int x, int y) => _server.Capture()[x, y] == (0, 255, 0);

    /// <summary>Runs something while this process knows another display, or none.</summary>
    public void WithDisplay(string? display, Action action)
    {
        SetDisplay(display);
        try
        {
            action();
        }
        finally
        {
            SetDisplay(_server.Display);
        }
    }

    public void Dispose()
    {
        SetDisplay(null);
        _server.Dispose();
    }

    /// <summary>
    /// GLFW reads the C library's environment, which Environment.SetEnvironmentVariable leaves alone.
    /// </summary>
    private static void SetDisplay(string? display)
    {
        UnsetEnvironment("WAYLAND_DISPLAY");
        if (display is null)
            UnsetEnvironment("DISPLAY");
        else
            SetEnvironment("DISPLAY", display, 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetEnvironment(string name);

    [LibraryImport("libX11.so.6", EntryPoint = "XOpenDisplay", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenDisplay(string name);

    [LibraryImport("libX11.so.6", EntryPoint = "XCloseDisplay")]
    private static partial int CloseDisplay(nint display);

    [LibraryImport("libX11.so.6", EntryPoint = "XInternAtom", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint InternAtom(nint display, string name, int onlyIfExists);

    [LibraryImport("libX11.so.6", EntryPoint = "XSendEvent")]
    private static partial int SendEvent(
        nint display, nint window, int propagate, nint mask, ref ClientMessageEvent message);

    /// <summary>Xlib's XClientMessageEvent, as large as its XEvent: 24 longs.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 24 * 8)]
    private struct ClientMessageEvent
    {
        public int Type;
        public nuint Serial;
        public int IsSent;
        public nint Display, Window, Kind;
        public int Format;
        public nint Data;
    }
}
