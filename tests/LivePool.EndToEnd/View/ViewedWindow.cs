using System.Diagnostics;
using System.Globalization;
using LivePool.App.View;
using LivePool.Core.Npy;
using LivePool.Gpu.Display;
using LivePool.Testing;

namespace LivePool.EndToEnd.View;

/// <summary>All tests with a window: one after the other, on an X server of their own.</summary>
[CollectionDefinition(Name)]
public sealed class WindowedTests : ICollectionFixture<Screen>
{
    public const string Name = "The window on a screen";
}

/// <summary>A screen with room for the window, and nobody on it but the user.</summary>
public sealed class Screen : IDisposable
{
    public XServer Server { get; } = new(1400, 900);

    public void Dispose() => Server.Dispose();
}

/// <summary>
/// <c>livepool view</c> in a process of its own, seen and used from outside: keys go through the X server, pixels come from
/// the screen. Whatever fails says what the program wrote.
/// </summary>
internal sealed class ViewedWindow : IDisposable
{
    private readonly XServer _server;
    private readonly RunningProgram _program;
    private readonly string _id;

    public ViewedWindow(Screen screen, string folder, params string[] arguments)
        : this(screen, folder, [], arguments)
    {
    }

    public ViewedWindow(Screen screen, string folder, (string Name, string Value)[] environment, params string[] arguments)
    {
        _server = screen.Server;
        _program = new(Livepool.Program, folder, [("DISPLAY", _server.Display), .. environment], ["view", .. arguments]);
        try
        {
            string id = "";
            WaitUntil(() => (id = _server.User("search", "--onlyvisible", "--name", "^LivePool - ")).Length > 0, "the window is there");
            _id = id.Split('\n')[0];
        }
        catch
        {
            _program.Dispose();
            throw;
        }
    }

    public string Title => _server.User("getwindowname", _id);

    /// <summary>The window's area on the screen; the screen's edge is its limit.</summary>
    public Pixels Capture()
    {
        (int x, int y, int width, int height) = Geometry();
        return _server.Capture().Crop(x, y, width, height);
    }

    public (int X, int Y, int Width, int Height) Geometry()
    {
        Dictionary<string, int> values = _server.User("getwindowgeometry", "--shell", _id).Split('\n')
            .Select(line => line.Split('=')).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture));
        return (values["X"], values["Y"], values["WIDTH"], values["HEIGHT"]);
    }

    /// <summary>Drops files on it.</summary>
    public void Drop(params string[] paths)
    {
        (int x, int y, int width, int height) = Geometry();
        FileDrop.On(_server.Display, nint.Parse(_id, CultureInfo.InvariantCulture), (x + width / 2, y + height / 2), paths);
    }

    public void Press(string key)
    {
        // Without a window manager the focus is wherever it was put.
        _server.User("windowfocus", "--sync", _id, "key", key);
    }

    public void Do(string command, params string[] arguments) => _server.User([command, _id, .. arguments]);

    public void Resize(int width, int height)
    {
        Do("windowsize", $"{width}", $"{height}");
        WaitUntil(() => Geometry() is var (_, _, w, h) && (w, h) == (width, height), $"the window is {width}x{height}");
    }

    /// <summary>Where the input and the channels are, and how many pixels an element's side has.</summary>
    private static (PixelRectangle[] Tiles, int[] Scales) Place(int width, int height, Plane[] planes)
    {
        var tiles = new PixelRectangle[planes.Length];
        TileLayout.Place(width, height, Array.ConvertAll(planes, plane => (plane.Width, plane.Height)), inputs: 1, contentScale: 1, tiles);
        return (tiles, [.. tiles.Zip(planes, (tile, plane) =>
        {
            Assert.True(tile.Width > 0 && tile.Width % plane.Width == 0 && tile.Height == tile.Width / plane.Width * plane.Height,
                $"{plane.Width}x{plane.Height} is not enlarged by a whole number: {tile}");
            return tile.Width / plane.Width;
        })]);
    }

    /// <summary>Waits until the window shows the input and the channels, every element of them.</summary>
    public void WaitToShow(params Plane[] planes)
    {
        string? mismatch = null;
        WaitUntil(() => (mismatch = MismatchIn(Capture(), planes)) is null, "the window shows the right pictures", () => mismatch);
    }

    /// <summary>Why a window does not show the input and the channels; null where it does.</summary>
    public static string? MismatchIn(Pixels shown, Plane[] planes, int? compared = null)
    {
        (PixelRectangle[] tiles, int[] scales) = Place(shown.Width, shown.Height, planes);
        for (int i = 0; i < (compared ?? planes.Length); i++)
        {
            if (planes[i].MismatchIn(shown, tiles[i].X, tiles[i].Y, scales[i]) is { } mismatch)
                return $"picture {i}: {mismatch}";
        }
        return null;
    }

    /// <summary>The pixels within the pictures, without labels and messages.</summary>
    public Pixels[] CaptureTiles(params (int Width, int Height)[] sizes)
    {
        Pixels shown = Capture();
        var tiles = new PixelRectangle[sizes.Length];
        TileLayout.Place(shown.Width, shown.Height, sizes, inputs: 1, contentScale: 1, tiles);
        return [.. tiles.Select(tile => shown.Crop(tile.X, tile.Y, tile.Width, tile.Height))];
    }

    /// <summary>
    /// Whether anything but the ground is in the lower left corner, where messages stand and these tests have no picture.
    /// </summary>
    public bool HasMessage()
    {
        Pixels shown = Capture();
        Pixels corner = shown.Crop(16, shown.Height - 14 - 28, 80, 26);
        (byte, byte, byte) ground = shown[2, 2];
        return Enumerable.Range(0, corner.Width * corner.Height).Any(i => corner[i % corner.Width, i / corner.Width] != ground);
    }

    public void WaitForMessage(bool present) =>
        WaitUntil(() => HasMessage() == present, present ? "there is a message" : "the message is gone");

    public void WaitForTitle(params string[] parts)
    {
        string title = "";
        WaitUntil(() =>
        {
            title = Title;
            return parts.All(part => title.Contains(part, StringComparison.Ordinal));
        }, $"the title has {string.Join(" and ", parts)}", () => title);
    }

    public void WaitUntil(Func<bool> condition, string what, Func<string?>? why = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (_program.HasExited || clock.Elapsed > Livepool.Patience)
            {
                Assert.Fail($"{(_program.HasExited ? "the program has ended" : $"{Livepool.Patience.TotalSeconds} s in vain")}: {what}; " +
                    $"{why?.Invoke()}\n{_program.CommandLine}\nstdout: {_program.Output}\nstderr: {_program.Error}");
            }
            Thread.Sleep(20);
        }
    }

    /// <summary>Ends it as a user does, and fails unless it ends well.</summary>
    /// <returns>How long that took.</returns>
    public TimeSpan Quit()
    {
        Press("Escape");
        var clock = Stopwatch.StartNew();
        int exitCode = _program.WaitForExit();
        Assert.True(exitCode == 0 && _program.Error.Length == 0, $"exit code {exitCode}, stderr: {_program.Error}");
        return clock.Elapsed;
    }

    public void Dispose() => _program.Dispose();

    /// <summary>What the window must show: the input, and the channels that <c>run</c> computes on the same backend.</summary>
    public static Plane[] Expect(TemporaryFolder folder, Picture picture, string backend, string pipeline = "edge24")
    {
        picture.Save(folder["expected.png"]);
        Livepool.Run(folder.Root, "run", "expected.png", "--backend", backend, "--pipeline", pipeline, "--out", "expected").Succeeded();
        var planes = new List<Plane> { new(picture.Width, picture.Height, picture.Grey) };
        for (int channel = 0; File.Exists(folder["expected", $"channel{channel}.npy"]); channel++)
        {
            NpyArray array = NpyArray.Read(folder["expected", $"channel{channel}.npy"]);
            planes.Add(Plane.Of(array.ToSingles(), array.Dimensions[1], array.Dimensions[0]));
        }
        Directory.Delete(folder["expected"], recursive: true);
        File.Delete(folder["expected.png"]);
        return [.. planes];
    }
}
