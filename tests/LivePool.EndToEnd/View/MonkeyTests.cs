using System.Diagnostics;
using System.Globalization;

namespace LivePool.EndToEnd.View;

/// <summary>Somebody who presses and clicks whatever there is.</summary>
[Collection(WindowedTests.Name)]
public sealed class MonkeyTests(Screen screen, ITestOutputHelper output) : IDisposable
{
    private const int Actions = 600;
    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(60);

    private static readonly string[] _keys =
    [
        .. "abcdfgiklmnopstvwx".Select(letter => $"{letter}"), "F1", "h", "Return", "Home", "space", "Left", "Right", "Up", "Down", "comma", "period",
        "ctrl+z", "ctrl+y", "BackSpace", "Tab", "Page_Down", "shift+s", "1", "2", "minus",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_that_is_pressed_or_clicked_breaks_it_or_leaks()
    {
        var random = new Random(1);
        ViewedWindow window = Open();
        try
        {
            int windows = 1;
            (long Memory, int Files)? early = null;
            var clock = Stopwatch.StartNew();
            for (int i = 0; i < Actions; i++)
            {
                TimeSpan wait = i * _duration / Actions - clock.Elapsed;
                if (wait > TimeSpan.Zero)
                    Thread.Sleep(wait);
                if (window.HasExited)
                {
                    // Quit is among what can be chosen.
                    window.AssertEndedWell();
                    window.Dispose();
                    (window, early) = (Open(), null);
                    windows++;
                }
                try
                {
                    // Some keys come two at once, before the window is drawn again.
                    if (i % 6 == 0)
                        window.PressFast(_keys[random.Next(_keys.Length)], _keys[random.Next(_keys.Length)]);
                    else if (i % 2 == 0)
                        window.Press(_keys[random.Next(_keys.Length)]);
                    else
                        Use(window, random);
                }
                catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
                {
                    // There is no window where it has just been closed.
                    window.AssertEndedWell();
                    continue;
                }
                if (early is null && i > Actions / 6)
                    early = window.Resources();
            }
            (long memory, int files) = window.Resources();
            early ??= (memory, files);
            output.WriteLine($"{windows} windows, {clock.Elapsed.TotalSeconds:F0} s; {early.Value.Memory} to {memory} MB, {early.Value.Files} to {files} files");
            Assert.InRange(memory, 0, early.Value.Memory + 200);
            Assert.InRange(files, 0, early.Value.Files + 16);
            window.End();
        }
        finally
        {
            window.Dispose();
        }
    }

    private static void Use(ViewedWindow window, Random random)
    {
        (int _, int _, int width, int height) = window.Geometry();
        // The panel and the pictures alike.
        int x = random.Next(2) == 0 ? random.Next(width) : width - 1 - random.Next(Math.Min(width, 336));
        window.Point(x, random.Next(height));
        switch (random.Next(6))
        {
            case 0:
                window.Click(button: 4 + random.Next(2), times: 1 + random.Next(4));
                break;
            case 1:
                window.Hold(isDown: true);
                window.Point(random.Next(width), random.Next(height));
                window.Hold(isDown: false);
                break;
            case 2:
                window.Click(times: 2);
                break;
            case 3 when random.Next(4) == 0:
                window.Do("windowsize", [.. ((int[])[200 + random.Next(1100), 150 + random.Next(700)]).Select(length => length.ToString(CultureInfo.InvariantCulture))]);
                break;
            default:
                window.Click();
                break;
        }
    }

    private ViewedWindow Open()
    {
        // Mesa tells of every wrong call.
        var window = new ViewedWindow(screen, _folder.Root, [("MESA_DEBUG", "1")], "scene:grass?size=160x120", "--backend", "gpu");
        window.WaitForState(state => state["tiles"]!.AsArray().Count == 5, "all stages are there");
        return window;
    }
}
