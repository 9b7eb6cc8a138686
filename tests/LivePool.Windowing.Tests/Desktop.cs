using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Silk.NET.Maths;
using Silk.NET.Windowing;

namespace LivePool.Windowing.Tests;

/// <summary>All tests with windows: one after the other, on an X server of their own.</summary>
[CollectionDefinition(Name)]
public sealed class DesktopTests : ICollectionFixture<Desktop>
{
    public const string Name = "Windows on a desktop";
}

/// <summary>An Xvfb on a free display, the user xdotool, and this process's DISPLAY.</summary>
public sealed partial class Desktop : IDisposable
{
    public const int Width = 1024, Height = 768;

    private readonly DirectoryInfo _screens = Directory.CreateTempSubdirectory("livepool-xvfb-");
    private readonly Process _server;
    private readonly string _display;

    public Desktop()
    {
        // The shell tidies up when its own input ends, which it does even if this process is killed.
        string script = $"trap 'rm -rf {_screens.FullName}' EXIT; command -v Xvfb >/dev/null || exit 127; exec 3<&0; "
            + $"Xvfb -displayfd 1 -screen 0 {Width}x{Height}x24 -fbdir {_screens.FullName} -nolisten tcp -noreset "
            + "3<&- </dev/null 2>/dev/null & "
            + "server=$!; exec >/dev/null; cat <&3; kill $server; wait";
        _server = Start("sh", ["-c", script], "dash");

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        string? number = _server.StandardOutput.ReadLineAsync(patience.Token).AsTask().GetAwaiter().GetResult();
        _display = number is not null
            ? $":{number}"
            : throw new InvalidOperationException(
                "Xvfb did not start: these tests need it. Debian: apt install xvfb xdotool libglfw3 libgl1-mesa-dri");
        SetDisplay(_display);
    }

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
    public string User(params string[] command)
    {
        using Process xdotool = Start("xdotool", command, "xdotool", _display);
        string output = xdotool.StandardOutput.ReadToEnd();
        Assert.True(xdotool.WaitForExit(5000), $"xdotool {string.Join(' ', command)} hangs");
        return output.Trim();
    }

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
        nint connection = OpenDisplay(_display);
        message.Kind = InternAtom(connection, "WM_PROTOCOLS", 0);
        message.Data = InternAtom(connection, "WM_DELETE_WINDOW", 0);
        Assert.NotEqual(0, SendEvent(connection, message.Window, 0, 0, ref message));
        _ = CloseDisplay(connection);
    }

    /// <summary>
    /// Whether a pixel of the screen is pure green. Xvfb keeps the screen in a file, as xwd would write it.
    /// </summary>
    public bool IsGreenAt(int x, int y)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(_screens.FullName, "Xvfb_screen0"));
        int Field(int index) => BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(index * sizeof(int)));
        int headerBytes = Field(0), colourBytes = Field(19) * 12;
        int bytesPerPixel = Field(11) / 8, bytesPerLine = Field(12);
        ReadOnlySpan<byte> pixel = file.AsSpan(headerBytes + colourBytes + y * bytesPerLine + x * bytesPerPixel, 3);
        return pixel.SequenceEqual<byte>([0, 255, 0]);
    }

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
            SetDisplay(_display);
        }
    }

    public void Dispose()
    {
        SetDisplay(null);
        _server.StandardInput.Close();
        _server.WaitForExit(5000);
        _server.Dispose();
    }

    private static Process Start(string program, string[] arguments, string package, string? display = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (display is not null)
            start.Environment["DISPLAY"] = display;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException(
                $"{program} cannot be started: these tests need it. Debian: apt install {package}", exception);
        }
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
