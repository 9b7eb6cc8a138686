using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
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
    private readonly string _stateFile;

    public ViewedWindow(Screen screen, string folder, params string[] arguments)
        : this(screen, folder, [], arguments)
    {
    }

    public ViewedWindow(Screen screen, string folder, (string Name, string Value)[] environment, params string[] arguments)
        : this(screen, folder, folder, environment, arguments)
    {
    }

    /// <param name="screen">Where it is shown.</param>
    /// <param name="folder">Where its state is written.</param>
    /// <param name="startIn">The folder that it is started in.</param>
    /// <param name="environment">What is added to its environment.</param>
    /// <param name="arguments">Those of <c>view</c>.</param>
    public ViewedWindow(Screen screen, string folder, string startIn, (string Name, string Value)[] environment, string[] arguments)
    {
        _server = screen.Server;
        _stateFile = Path.Combine(folder, $"state-{Guid.NewGuid():N}.json");
        // Nothing is under the pointer unless a test moves it there.
        _server.User("mousemove", "1399", "899");
        _program = new(Livepool.Program, startIn, [("DISPLAY", _server.Display), .. environment], ["view", .. arguments, "--state-file", _stateFile]);
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

    /// <summary>What it has written to stderr.</summary>
    public string Error => _program.Error;

    /// <summary>What it has written to stdout.</summary>
    public string Output => _program.Output;

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

    /// <summary>What the window says that it shows.</summary>
    public JsonNode State()
    {
        JsonNode? state = null;
        WaitUntil(() => File.Exists(_stateFile), "the state is written");
        // It may be replaced while it is opened.
        WaitUntil(() => (state = JsonNode.Parse(File.ReadAllText(_stateFile), documentOptions: default)) is not null, "the state is read");
        return state!;
    }

    /// <summary>Waits until the state is as it should be.</summary>
    public JsonNode WaitForState(Func<JsonNode, bool> condition, string what)
    {
        JsonNode state = State();
        WaitUntil(() => condition(state = State()), what, () => state.ToJsonString());
        return state;
    }

    /// <summary>Waits for a state that is written from now on.</summary>
    public JsonNode NextState()
    {
        long before = (long)State()["write"]!;
        // The next one may have been begun before.
        return WaitForState(state => (long)state["write"]! >= before + 2, "the state is written again");
    }

    /// <summary>The pictures, as the state has them.</summary>
    public static IReadOnlyList<(int Stage, int Channel, PixelRectangle Place, PixelRectangle Whole)> Tiles(JsonNode state) =>
        [.. state["tiles"]!.AsArray().Select(tile => ((int)tile!["stage"]!, (int)tile["channel"]!, Rectangle(tile["place"]!), Rectangle(tile["whole"]!)))];

    private static PixelRectangle Rectangle(JsonNode place) => new((int)place[0]!, (int)place[1]!, (int)place[2]!, (int)place[3]!);

    /// <summary>A channel's picture; stage -1 is the input.</summary>
    public static (PixelRectangle Place, PixelRectangle Whole) Tile(JsonNode state, int stage, int channel)
    {
        (int Stage, int Channel, PixelRectangle Place, PixelRectangle Whole) found = Tiles(state).First(tile => tile.Stage == stage && tile.Channel == channel);
        return (found.Place, found.Whole);
    }

    /// <summary>Waits until the window shows the input and the last stage's channels, every element of them.</summary>
    public void WaitToShow(params Plane[] planes)
    {
        string? mismatch = null;
        WaitUntil(() => (mismatch = MismatchIn(State(), Capture(), planes)) is null, "the window shows the right pictures", () => mismatch);
    }

    /// <summary>Why a window does not show the input and the last stage's channels; null where it does.</summary>
    public static string? MismatchIn(JsonNode state, Pixels shown, Plane[] planes, int? compared = null)
    {
        int last = state["stages"]!.AsArray().Count - 1;
        PixelRectangle[] places = [.. Tiles(state).Where(tile => tile.Stage == -1 || tile.Stage == last).Select(tile => tile.Place)];
        if (places.Length != planes.Length)
            return $"there are {places.Length} pictures instead of {planes.Length}";
        for (int i = 0; i < (compared ?? planes.Length); i++)
        {
            if (places[i].Width % planes[i].Width != 0 || places[i].Height * planes[i].Width != places[i].Width * planes[i].Height)
                return $"{planes[i].Width}x{planes[i].Height} is not enlarged by a whole number: {places[i]}";
            if (planes[i].MismatchIn(shown, places[i].X, places[i].Y, places[i].Width / planes[i].Width) is { } mismatch)
                return $"picture {i}: {mismatch}";
        }
        return null;
    }

    /// <summary>The pixels within all pictures, without labels and messages.</summary>
    public Pixels[] CaptureTiles()
    {
        JsonNode state = State();
        Pixels shown = Capture();
        return [.. Tiles(state).Select(tile => shown.Crop(tile.Place.X, tile.Place.Y, tile.Place.Width, tile.Place.Height))];
    }

    /// <summary>A picture's pixels as the screen has them, one way for each content.</summary>
    public string Hash(int stage, int channel)
    {
        PixelRectangle place = Tile(State(), stage, channel).Place;
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Capture().Crop(place.X, place.Y, place.Width, place.Height).Rgb));
    }

    /// <summary>Moves the pointer to a pixel of the window.</summary>
    public void Point(int x, int y) => _server.User("mousemove", "--window", _id, $"{x}", $"{y}");

    /// <summary>Moves the pointer to the middle of an element's square.</summary>
    public void PointAt(int stage, int channel, int row, int column)
    {
        JsonNode state = State();
        PixelRectangle whole = Tile(state, stage, channel).Whole;
        JsonArray shape = stage < 0 ? state["input"]!.AsArray() : state["stages"]![stage]!["shape"]!.AsArray();
        Point(whole.X + (2 * column + 1) * whole.Width / (2 * (int)shape[3]!), whole.Y + (2 * row + 1) * whole.Height / (2 * (int)shape[2]!));
    }

    /// <summary>Presses and lets go of a button, 4 and 5 for the wheel.</summary>
    public void Click(int button = 1, int times = 1) => _server.User("click", "--repeat", $"{times}", "--delay", "40", $"{button}");

    /// <summary>Moves the pointer to a button, a slider or another area, by its name.</summary>
    /// <param name="area">Which; it is waited for.</param>
    /// <param name="share">Where between its left and its right edge.</param>
    public void PointAtArea(string area, double share = 0.5)
    {
        JsonNode at = WaitForState(state => state["areas"]![area] is not null, $"there is {area}")["areas"]![area]!;
        Point((int)at[0]! + (int)Math.Round((share - 0.5) * ((int)at[2]! - 2)), (int)at[1]!);
    }

    /// <summary>Clicks there.</summary>
    public void ClickOn(string area, double share = 0.5)
    {
        PointAtArea(area, share);
        Click();
        NextState();
    }

    /// <summary>Presses keys one upon the other.</summary>
    public void PressFast(params string[] keys) => _server.User(["windowfocus", "--sync", _id, "key", "--delay", "0", .. keys]);

    /// <summary>Clicks as fast as the X server takes it.</summary>
    public void ClickFast(int times) => _server.User("click", "--repeat", $"{times}", "--delay", "0", "1");

    /// <summary>Types a text.</summary>
    public void Type(string text) => _server.User("windowfocus", "--sync", _id, "type", "--delay", "30", "--", text);

    /// <summary>Presses or lets go of the left button.</summary>
    public void Hold(bool isDown) => _server.User(isDown ? "mousedown" : "mouseup", "1");

    /// <summary>Whether there is a message, and it can be read in the lower left corner.</summary>
    public bool HasMessage()
    {
        if (State()["messages"]!.AsArray().Count == 0)
            return false;
        Pixels shown = Capture();
        Pixels corner = shown.Crop(16, shown.Height - 14 - 28, 80, 26);
        return corner.Rgb.Count(value => value > 0xD0) > 60;
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

    /// <summary>Ends it whatever is open: each Escape closes one thing.</summary>
    public void End()
    {
        for (int i = 0; i < 20 && !HasExited; i++)
        {
            Press("Escape");
            Thread.Sleep(200);
        }
        AssertEndedWell();
    }

    public bool HasExited => _program.HasExited;

    /// <summary>Its memory in MB, and its open files.</summary>
    public (long Memory, int Files) Resources()
    {
        string memory = File.ReadLines($"/proc/{_program.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return (long.Parse(memory.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) >> 10, Directory.GetFiles($"/proc/{_program.Id}/fd").Length);
    }

    /// <summary>Fails unless it ended by itself, without a word of a fault but those about shaders that were meant to be wrong.</summary>
    public void AssertEndedWell(bool hadWrongShaders = false)
    {
        int exitCode = _program.WaitForExit();
        Assert.True(exitCode == 0 && (hadWrongShaders || _program.Error.Length == 0) && !_program.Error.Contains("Unhandled", StringComparison.Ordinal),
            $"exit code {exitCode}, stderr: {_program.Error}");
    }

    /// <summary>Ends it as a user does, and fails unless it ends well.</summary>
    /// <returns>How long that took.</returns>
    public TimeSpan Quit(bool hadWrongShaders = false)
    {
        Press("Escape");
        var clock = Stopwatch.StartNew();
        AssertEndedWell(hadWrongShaders);
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
