using System.Globalization;
using System.Text.Json;
using LivePool.Core.Npy;
using LivePool.Testing;

namespace LivePool.EndToEnd.Camera;

/// <summary>
/// Cameras by a script of native/tests/fake_v4l2.c, and the unchanged program before them. Every run must leave no descriptor
/// and no buffer behind, and do nothing that a driver forbids.
/// </summary>
internal sealed class FakeCamera : IDisposable
{
    /// <summary>A camera in each format, 160x32, with so many pictures a second that the program has to drop some.</summary>
    public const string Usual = """
        device /dev/video0
        format YUYV 160x32 30
        format MJPG 160x32 30
        format NV12 160x32 30
        format RGB3 160x32 30
        format GREY 160x32 30
        rate 200

        """;

    private static readonly Lazy<string> _library = new(Build);
    private readonly TemporaryFolder _folder = new();

    public FakeCamera(string script)
    {
        File.WriteAllText(_folder["script"], $"counts {_folder["counts"]}\n{script}");
        File.WriteAllText(_folder["as-it-is.json"], """{"stages": [{"op": "relu"}]}""");
    }

    public string Root => _folder.Root;

    /// <summary>What makes a program see the cameras.</summary>
    public (string Name, string Value)[] Environment => [("LD_PRELOAD", _library.Value), ("FAKE_V4L2", _folder["script"])];

    public bool HasReported => File.Exists(_folder["counts"]);

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs the program until it has shown so many frames.</summary>
    public Outcome Run(int frames = 20, string camera = "camera:0") =>
        Livepool.Run(Root, Environment, "run", camera, "--frames", $"{frames}", "--backend", "simd", "--pipeline", "as-it-is.json");

    /// <summary>Runs the program on a GPU that converts what the camera gives, and lets it verify that.</summary>
    public Outcome RunOnGpu(int frames, string camera, params string[] options) =>
        Livepool.Run(Root, Environment, ["run", camera, "--frames", $"{frames}", "--backend", "gpu", "--verify", "--pipeline", "as-it-is.json", .. options]);

    public Outcome Info() => Livepool.Run(Root, Environment, "info");

    /// <summary>What the fake counted, after the program has ended.</summary>
    public Dictionary<string, long> Counts()
    {
        string[] lines = File.ReadAllLines(_folder["counts"]);
        Dictionary<string, long> counts = lines.Select(line => line.Split(' ')).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => long.Parse(pair[1], CultureInfo.InvariantCulture));
        Assert.True(counts["violations"] == 0, lines[^1]);
        Assert.Equal((0, counts["opens"]), (counts["open_descriptors"], counts["closes"]));
        Assert.Equal((0, counts["mmaps"]), (counts["mapped_buffers"], counts["munmaps"]));
        return counts;
    }

    /// <summary>The numbers of the pictures that were written, each of them whole, in order, and none twice.</summary>
    public int[] Numbers(int width = 160, int height = 32, int tolerance = 0)
    {
        long given = Counts()["frames"];
        int[] numbers =
        [
            .. Directory.GetFiles(_folder["out"], "channel0.npy", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(NpyArray.Read).Where(array => array.Dimensions[1] == width && array.Dimensions[0] == height)
                .Select(array => NumberOf(array.ToSingles(), width, height, tolerance)),
        ];
        Assert.Equal(numbers.Distinct().Order(), numbers);
        Assert.All(numbers, number => Assert.InRange(number, 0, given - 1));
        return numbers;
    }

    /// <summary>What the program said on stderr, lines of its own.</summary>
    public static string[] Complaints(Outcome outcome)
    {
        string[] lines = outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.StartsWith("livepool: ", line, StringComparison.Ordinal));
        return lines;
    }

    public JsonElement Report()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(_folder["out", "report.json"]));
        return document.RootElement.Clone();
    }

    public JsonElement Stream() => Report().GetProperty("stream");

    /// <summary>The number that a whole picture shows.</summary>
    /// <param name="grey">[height, width], 0 to 255.</param>
    /// <param name="width">A multiple of 20.</param>
    /// <param name="height">An even number.</param>
    /// <param name="tolerance">How far a pixel may be from black or white.</param>
    private static int NumberOf(float[] grey, int width, int height, int tolerance)
    {
        const int Bits = 20;
        int number = 0;
        for (int bit = 0; bit < Bits; bit++)
            number |= grey[bit * width / Bits] > 127 ? 1 << bit : 0;
        for (int i = 0; i < grey.Length; i++)
        {
            (int y, int x) = Math.DivRem(i, width);
            bool isWhite = (number >> (x * Bits / width) & 1) != 0 == y < height / 2;
            Assert.True(Math.Abs(grey[i] - (isWhite ? 255 : 0)) <= tolerance, $"row {y}, column {x} of picture {number} is {grey[i]}");
        }
        return number;
    }

    private static string Build()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "fake");
        Directory.CreateDirectory(folder);
        string library = Path.Combine(folder, "fake_v4l2.so");
        Outcome outcome = Livepool.RunProgram("clang", folder, "-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-g", "-shared", "-fPIC",
            "-fvisibility=hidden", Repository.PathOf("native", "tests", "fake_v4l2.c"), "-o", library);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        return library;
    }
}
