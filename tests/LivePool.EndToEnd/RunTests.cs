using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using LivePool.App.Reports;
using LivePool.Core.Npy;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Frames;
using LivePool.Testing;
using LivePool.Testing.Torch;
using LivePool.Verification;
using SkiaSharp;

namespace LivePool.EndToEnd;

/// <summary><c>livepool run</c> on one picture.</summary>
public sealed class RunTests(ITestOutputHelper output) : IDisposable
{
    private static readonly string[] _backends = ["simd", "reference", "gpu"];
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Backends => [.. _backends];

    public static TheoryData<string> Photos => [.. Fixtures.Photos.Select(photo => photo.File)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_copied_command_runs_the_pipeline()
    {
        new Picture(40, 30, seed: 2).Save(_folder["it's.png"]);
        Pipeline sobel = PipelinePresets.Load("sobel");
        Pipeline changed = sobel with { Name = "sobel*", Stages = sobel.Stages.Add(new MaxPool2d(3)) };
        File.WriteAllText(_folder["changed.json"], PipelineJson.Write(changed));
        Livepool.Run(_folder.Root, "run", "it's.png", "--backend", "simd", "--pipeline", "changed.json", "--out", "file").Succeeded();

        Livepool.RunProgram("bash", _folder.Root, "-c", $"livepool() {{ '{Livepool.Program}' \"$@\" --backend simd; }}; {ShellCommand.Run("it's.png", changed)}")
            .Succeeded();

        foreach (string name in (string[])["channel0.npy", "channel1.npy"])
            Assert.Equal(File.ReadAllBytes(_folder[$"file/{name}"]), File.ReadAllBytes(_folder[$"out/{name}"]));
        using var report = JsonDocument.Parse(File.ReadAllText(_folder["out/report.json"]));
        Assert.Equal("sobel*", report.RootElement.GetProperty("pipeline").GetProperty("name").GetString());
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_picture_becomes_feature_maps_a_figure_and_a_report(string backend)
    {
        // Rows of 43 values: more than one vector and a rest.
        var picture = new Picture(90, 50, seed: 1);
        picture.Save(_folder["picture.png"]);

        Outcome run = Livepool.Run(_folder.Root, "run", "picture.png", "--backend", backend).Succeeded();

        Assert.Equal(
            ["input [1, 1, 50, 90] 4500 values", "conv2d [1, 2, 46, 86] 7912 values",
                "max_pool2d [1, 2, 23, 43] 1978 values, 4.0x fewer"], run.Lines[..3]);
        Assert.Equal(4, run.Lines.Length);
        Assert.StartsWith($"{backend}: ", run.Lines[3]);
        Assert.EndsWith($"; wrote {Path.Combine("out", "figure.png")}", run.Lines[3]);
        Assert.Equal(["channel0.npy", "channel0.png", "channel1.npy", "channel1.png", "figure.png", "report.json"],
            Directory.GetFiles(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        float[][] channels = [ReadChannel(0, 43, 23), ReadChannel(1, 43, 23)];
        EdgePipeline.Of(picture.Grey, 90, 50).Check(backend, channels[0], channels[1]);
        Plane[] planes = [.. channels.Select(channel => Plane.Of(channel, 43, 23))];
        for (int i = 0; i < 2; i++)
            Assert.Equal(planes[i].Grey, PngReader.Read(_folder["out", $"channel{i}.png"]).Grey());

        Pixels figure = PngReader.Read(_folder["out", "figure.png"]);
        CheckFigure(figure, [new(90, 50, picture.Grey), .. planes]);
        CheckReport(backend, [1, 1, 50, 90], [1, 2, 46, 86], [1, 2, 23, 43]);
    }

    [Theory]
    [MemberData(nameof(Photos))]
    public void A_photograph_comes_out_as_PyTorch_computed_it_on_every_backend(string file)
    {
        string? path = SharedImages.PathOf(file);
        Assert.SkipWhen(path is null, SharedImages.Missing);
        Photo photo = Fixtures.Photos.Single(item => item.File == file);
        PhotoStage conv = photo.Stages[0], pool = photo.Stages[1];
        byte[] grey = ReadGrey(path!);
        // A JPEG's pixels are its decoder's business; LivePool's own then stand for them.
        EdgePipeline expected = EdgePipeline.Of(grey, photo.Width, photo.Height);
        if (photo.IsBitwise)
            Assert.Equal(photo.GreySha256, Convert.ToHexStringLower(SHA256.HashData(grey)));

        float[]? first = null;
        foreach (string backend in _backends)
        {
            Outcome run = Livepool.Run(_folder.Root, "run", path!, "--backend", backend).Succeeded();
            output.WriteLine($"{file}, {backend}: {run.Duration.TotalSeconds:F2} s");

            Assert.Equal($"input [1, 1, {photo.Height}, {photo.Width}] {photo.Height * photo.Width} values", run.Lines[0]);
            Assert.Equal($"conv2d {conv.Shape} {conv.Shape.Count} values", run.Lines[1]);
            Assert.Equal($"max_pool2d {pool.Shape} {pool.Shape.Count} values, 4.0x fewer", run.Lines[2]);
            if (file == "grass.png")
            {
                Assert.Equal(
                    ["input [1, 1, 512, 512] 262144 values", "conv2d [1, 2, 508, 508] 516128 values",
                        "max_pool2d [1, 2, 254, 254] 129032 values, 4.0x fewer"], run.Lines[..3]);
            }
            float[][] channels = [ReadChannel(0, pool.Shape.W, pool.Shape.H), ReadChannel(1, pool.Shape.W, pool.Shape.H)];
            expected.Check(backend, channels[0], channels[1]);
            if (photo.IsBitwise)
                CheckSamples(backend, pool, channels);
            first ??= channels[0];
            Assert.Equal(first, channels[0]);

            Plane[] planes = [.. channels.Select(channel => Plane.Of(channel, pool.Shape.W, pool.Shape.H))];
            for (int i = 0; i < 2; i++)
                Assert.Equal(planes[i].Grey, PngReader.Read(_folder["out", $"channel{i}.png"]).Grey());
            CheckFigure(PngReader.Read(_folder["out", "figure.png"]), [new(photo.Width, photo.Height, grey), .. planes]);
        }
    }

    [Fact]
    public void A_truncated_JPEG_is_refused_in_one_line_and_soon()
    {
        var picture = new Picture(64, 48, seed: 2);
        using SKBitmap bitmap = SKBitmap.Decode(picture.Save(_folder["whole.png"]));
        using (SKData jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90))
            File.WriteAllBytes(_folder["truncated.jpg"], jpeg.AsSpan()[..300]);
        string[] files = [_folder["truncated.jpg"], .. SharedImages.PathOf("truncated.jpg") is { } shared ? [shared] : (string[])[]];
        foreach (string file in files)
        {
            Outcome run = Livepool.Run(_folder.Root, "run", file);
            output.WriteLine($"{file}: {run.Duration.TotalSeconds:F2} s");
            string line = run.Refused(2);
            Assert.Contains(file, line);
            Assert.Contains("JPEG", line);
            Assert.Empty(run.Output);
            Assert.False(Directory.Exists(_folder["out"]));
            Assert.True(run.Duration < TimeSpan.FromSeconds(3), $"took {run.Duration}");
        }
    }

    [Fact]
    public void Without_any_font_the_figure_s_title_is_still_written()
    {
        Pixels[] titles = [.. ((string[])["a.png", "b.png", "a.png"]).Select((name, i) =>
        {
            var picture = new Picture(40, 30, seed: 3);
            picture.Save(_folder[name]);
            Livepool.Run(_folder.Root, [("LIVEPOOL_FONTS", _folder["no-such-folder"])],
                "run", name, "--backend", "simd", "--out", $"{i}").Succeeded();
            Pixels figure = PngReader.Read(_folder[$"{i}", "figure.png"]);
            int top = new Plane(40, 30, picture.Grey).FindIn(figure, 0)!.Value.Y;
            // Above the panels' own titles.
            return figure.Crop(0, 0, figure.Width, top - 60);
        })];

        int ink = titles[0].Grey().Count(grey => grey < 0x60);
        Assert.InRange(ink, 200, 20_000);
        Assert.True(titles[0].Shows(titles[2]), "the same title is drawn differently");
        Assert.False(titles[0].Shows(titles[1]), "another title is drawn the same");
    }

    [Fact]
    public void The_default_source_and_backend_are_the_scene_and_whatever_is_fastest_with_its_reason()
    {
        Outcome run = Livepool.Run(_folder.Root, "run", "scene:grass?size=64x48");
        Assert.Equal(0, run.ExitCode);
        JsonElement backend = ReadReport().GetProperty("backend");
        Assert.Equal("auto", backend.GetProperty("requested").GetString());
        if (backend.GetProperty("name").GetString() == "simd")
            Assert.Equal($"livepool: {backend.GetProperty("reason").GetString()}", run.OnlyLine());
        else
            Assert.False(backend.GetProperty("software").GetBoolean());
    }

    private static void CheckSamples(string backend, PhotoStage pool, float[][] channels)
    {
        byte[] bytes = new byte[sizeof(float) * channels[0].Length];
        for (int i = 0; i < channels[0].Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(sizeof(float) * i), channels[0][i] + 0f);
        Assert.Equal(pool.Channel0Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));

        // sum|w*x| is at most 255 times sum|w|.
        double magnitude = 0;
        foreach (float weight in Fixtures.PhotoWeight.Plane(1, 0))
            magnitude += 255 * Math.Abs((double)weight);
        double bound = magnitude * ErrorBound.Gamma(25 + 4, backend == "gpu" ? ErrorBound.AnyRounding : ErrorBound.RoundToNearest);
        Assert.NotEmpty(pool.Positions);
        for (int i = 0; i < pool.Positions.Length; i++)
            Assert.InRange(channels[1][pool.Positions[i]], pool.Channels[1][i] - bound, pool.Channels[1][i] + bound);
    }

    /// <summary>The panels stand side by side, each whole and exact, under a title and over a caption.</summary>
    private static void CheckFigure(Pixels figure, Plane[] panels)
    {
        int right = 0, bottom = 0, top = int.MaxValue;
        foreach (Plane panel in panels)
        {
            Assert.True(panel.FindIn(figure, right) is not null,
                $"the figure, {figure.Width}x{figure.Height}, does not show the panel of {panel.Width}x{panel.Height} right of {right}");
            (int x, int y, int scale) = panel.FindIn(figure, right)!.Value;
            right = x + scale * panel.Width;
            bottom = Math.Max(bottom, y + scale * panel.Height);
            top = Math.Min(top, y);
        }
        Assert.True(Ink(figure.Crop(0, 0, figure.Width, top - 2)) > 100, "there is no title above the panels");
        Assert.True(Ink(figure.Crop(0, bottom + 2, figure.Width, figure.Height - bottom - 2)) > 100, "there is no caption below the panels");
    }

    private static int Ink(Pixels paper) => paper.Grey().Count(grey => grey < 0x90);

    private void CheckReport(string backend, params int[][] shapes)
    {
        JsonElement report = ReadReport();
        JsonElement device = report.GetProperty("backend");
        Assert.Equal(backend, device.GetProperty("name").GetString());
        Assert.Equal(backend, device.GetProperty("requested").GetString());
        Assert.False(device.TryGetProperty("reason", out _));
        foreach (string property in (string[])["vendor", "renderer", "version"])
            Assert.NotEqual("", device.GetProperty(property).GetString());
        bool isSoftware = device.GetProperty("software").GetBoolean();
        Assert.Equal(device.GetProperty("renderer").GetString()!.Contains("llvmpipe", StringComparison.Ordinal), isSoftware);
        if (backend != "gpu")
            Assert.False(isSoftware);

        Assert.Equal("picture.png", report.GetProperty("source").GetString());
        Assert.Equal(1, report.GetProperty("frames").GetInt32());
        Assert.Equal(shapes[0], report.GetProperty("input").EnumerateArray().Select(length => length.GetInt32()));
        JsonElement[] stages = [.. report.GetProperty("stages").EnumerateArray()];
        Assert.Equal(["conv2d", "max_pool2d"], stages.Select(stage => stage.GetProperty("op").GetString()));
        for (int i = 0; i < stages.Length; i++)
        {
            int[] shape = shapes[i + 1];
            Assert.Equal(shape, stages[i].GetProperty("shape").EnumerateArray().Select(length => length.GetInt32()));
            Assert.Equal(shape.Aggregate((a, b) => a * b), stages[i].GetProperty("values").GetInt32());
            // SIMD and GPU take the pool of the sums while they are in registers.
            bool isFused = backend != "reference" && i == 0;
            Assert.Equal(isFused, stages[i].TryGetProperty("fused", out _));
            if (isFused)
                continue;
            JsonElement times = stages[i].GetProperty("milliseconds");
            double min = times.GetProperty("min").GetDouble(), median = times.GetProperty("median").GetDouble(),
                max = times.GetProperty("max").GetDouble();
            Assert.True(0 <= min && min <= median && median <= max && max < 30_000, times.GetRawText());
        }
    }

    private JsonElement ReadReport()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(_folder["out", "report.json"]));
        return document.RootElement.Clone();
    }

    private float[] ReadChannel(int channel, int width, int height)
    {
        NpyArray array = NpyArray.Read(_folder["out", $"channel{channel}.npy"]);
        Assert.Equal([height, width], array.Dimensions);
        return Assert.IsType<float[]>(array.Elements);
    }

    private static byte[] ReadGrey(string path)
    {
        using IFrameSource source = FrameSources.Open(path);
        var frame = new Frame();
        Assert.True(source.TryRead(frame, TestContext.Current.CancellationToken));
        byte[] grey = new byte[frame.Width * frame.Height];
        frame.CopyPlanar(1, grey);
        return grey;
    }
}
