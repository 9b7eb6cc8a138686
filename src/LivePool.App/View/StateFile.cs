using System.Text.Json;
using System.Text.Json.Nodes;
using LivePool.App.Measuring;
using LivePool.App.View.Comparing;
using LivePool.App.View.Counting;
using LivePool.App.View.Editing;
using LivePool.App.View.Input;
using LivePool.App.View.Inspection;
using LivePool.App.View.Panels;
using LivePool.App.View.Pooling;
using LivePool.App.View.Shaders;
using LivePool.App.View.Streaming;
using LivePool.Core.Backends;
using LivePool.Core.Tensors;
using LivePool.Frames.Streaming;
using LivePool.Gpu.Display;

namespace LivePool.App.View;

/// <summary>
/// Writes what the window shows to a file, four times a second and at once where the user did something: for tests, and for whoever
/// wants to follow the window from outside. The file is replaced as a whole, and after the frame that it tells of is on the screen.
/// </summary>
internal sealed class StateFile(
    string path, Engine engine, Picture picture, Inspector inspector, SidePanel panel, CommandPalette palette, KernelPanel kernels, SlidingWindow sliding,
    Messages messages, PoolingPanel pooling, ValuesPanel values, FrameTimes times, ShaderLab shaders, Func<FrameFeed> source)
{
    private const double IntervalSeconds = 0.25;
    private const int MostRecords = 24;
    private static readonly JsonSerializerOptions _options = new()
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
    };

    private double _due;
    private long _writes;

    /// <summary>Writes if that is due.</summary>
    /// <param name="now">The window's time, in seconds.</param>
    /// <param name="hurries">Whether something has changed that should not wait.</param>
    public void Update(double now, bool hurries)
    {
        if (!hurries && now < _due)
            return;
        _due = now + IntervalSeconds;
        string text = Describe().ToJsonString(_options);
        string temporary = path + ".new";
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Core.LivePoolException($"--state-file {path} cannot be written: {e.Message}", e);
        }
    }

    private JsonObject Describe()
    {
        ICompiledPipeline? compiled = picture.Stages.Compiled;
        return new()
        {
            ["write"] = ++_writes,
            ["pipeline"] = engine.Pipeline.Name,
            ["backend"] = engine.Backend.Name,
            ["failure"] = engine.Failure?.Message,
            ["messages"] = new JsonArray([.. messages.Lines.Select(line => (JsonNode)line)]),
            ["theme"] = picture.Theme.Name,
            ["colours"] = picture.IsSigned ? "signed" : "grey",
            ["zoom"] = picture.Viewport.Zoom,
            ["enlarged"] = picture.Enlarged is { } one ? new JsonObject { ["stage"] = one.Stage, ["channel"] = one.Channel } : null,
            ["input"] = compiled is null ? null : Describe(compiled.InputShape),
            ["stages"] = compiled is null ? new JsonArray() : [.. compiled.Shapes.Select((shape, i) => new JsonObject
            {
                ["op"] = compiled.Pipeline.Stages[i].Name,
                ["title"] = compiled.Pipeline.Stages[i].Title,
                ["shape"] = Describe(shape),
                ["ms"] = compiled.StageMilliseconds[i],
            })],
            ["tiles"] = new JsonArray([.. picture.Tiles.ToArray().Select(tile => (JsonNode)new JsonObject
            {
                ["stage"] = tile.Stage,
                ["channel"] = tile.Channel,
                ["content"] = tile.Content.ToString(),
                ["place"] = Describe(tile.Place),
                ["whole"] = Describe(tile.Whole),
                ["range"] = new JsonArray(picture.ShownRange(tile).Min, picture.ShownRange(tile).Max),
            })]),
            ["element"] = Describe(inspector),
            ["kernel"] = kernels.Edited(engine.Pipeline) is { } kernel ? Describe(kernel.Place, kernel.Weights) : null,
            ["refusal"] = kernels.Refusal,
            ["stream"] = Describe(source().Counts),
            ["page"] = panel.IsShown ? panel.Page.Name : null,
            ["palette"] = palette.IsTyping ? palette.Query : null,
            ["sliding"] = sliding.IsOn ? new JsonObject { ["position"] = sliding.Position, ["count"] = sliding.Count, ["playing"] = sliding.IsPlaying } : null,
            ["comparison"] = Describe(picture.Comparison),
            ["pooling"] = pooling.Report is { } report ? Describe(report) : null,
            ["shaders"] = DescribeShaders(),
            ["values"] = values.Report is { } counted ? Describe(counted) : null,
            ["areas"] = DescribeAreas(),
        };
    }

    private JsonObject DescribeShaders() => new()
    {
        ["error"] = new JsonArray([.. shaders.Reload.Error.Select(line => (JsonNode)line)]),
        ["attempts"] = shaders.Reload.Attempts,
        ["taken"] = shaders.Reload.Taken,
        ["debug"] = new JsonArray([.. shaders.Debug.Found.Select(found => (JsonNode)new JsonObject
        {
            ["stage"] = found.Stage,
            ["written"] = found.Written,
            ["kept"] = new JsonArray([.. found.Kept.Take(MostRecords).Select(record => (JsonNode)$"{record.Place} ({record.X}, {record.Y}, {record.Z}) {record.Text}")]),
        })]),
    };

    /// <summary>All that can be clicked, where its middle is and how wide it is; the first of those with one name.</summary>
    private JsonObject DescribeAreas()
    {
        var areas = new JsonObject();
        Add(panel.Areas.Areas, panel.Areas.Left, 0);
        Add(palette.Areas.Areas, palette.Areas.Left, palette.Areas.Top);
        return areas;

        void Add(IReadOnlyList<PanelArea> all, int left, int top)
        {
            foreach (PanelArea area in all)
                areas.TryAdd(area.Name, new JsonArray(left + (int)area.Place.MidX, top + (int)area.Place.MidY, (int)area.Place.Width));
        }
    }

    private static JsonObject Describe(PoolingReport report) => new()
    {
        ["shift"] = new JsonArray(report.Shift.X, report.Shift.Y),
        ["sigma"] = report.NoiseSigma,
        ["stages"] = new JsonArray([.. report.Stages.Select(stage => (JsonNode)new JsonObject
        {
            ["values"] = stage.Values,
            ["multiply_adds"] = stage.MultiplyAdds,
            ["sharpness"] = stage.SharpnessAfter,
            ["change"] = stage.ShiftChange,
            ["noise"] = stage.NoiseAfter,
            ["noise_as_max"] = stage.NoiseAfterMax,
            ["noise_as_average"] = stage.NoiseAfterAverage,
        })]),
    };

    private static JsonArray Describe(ValueReport report) =>
        new([Describe(-1, report.Input), .. report.Stages.Select((stage, i) => Describe(i, stage))]);

    private static JsonObject Describe(int stage, ValueStatistics values)
    {
        bool isAnyFinite = values.Finite > 0;
        return new()
        {
            ["stage"] = stage,
            ["count"] = values.Count,
            ["nan"] = values.NaNs,
            ["infinite"] = values.Infinities,
            ["least"] = isAnyFinite ? values.Least : null,
            ["greatest"] = isAnyFinite ? values.Greatest : null,
            ["mean"] = isAnyFinite ? values.Mean : null,
        };
    }

    private static JsonObject? Describe(Comparison comparison)
    {
        if (comparison.Mode == CompareMode.Off)
            return null;
        var described = new JsonObject
        {
            ["mode"] = comparison.Mode.ToString(),
            ["backend"] = comparison.Chosen?.Backend,
            ["stage"] = comparison.Chosen?.Stage,
            ["channel"] = comparison.Chosen?.Channel,
            ["failure"] = comparison.Failure?.Message,
        };
        if (comparison.Planes is not { } planes)
            return described;
        described["different"] = planes.Different;
        described["largest"] = planes.Largest;
        described["ulps"] = planes.LargestUlps;
        described["worst"] = new JsonArray(planes.Worst / comparison.Shape.W, planes.Worst % comparison.Shape.W);
        return described;
    }

    private JsonObject Describe(FeedCounts counts) => new()
    {
        ["captured"] = counts.Captured,
        ["shown"] = counts.Shown,
        ["dropped"] = counts.Dropped,
        ["late"] = counts.Late,
        ["stalls"] = counts.Stalls,
        ["frame_ms"] = times.Mean.Between,
        ["work_ms"] = times.Mean.Busy,
    };

    private static JsonArray Describe(TensorShape shape) => new(shape.N, shape.C, shape.H, shape.W);

    private static JsonObject Describe(KernelPlace place, float[,] weights) => new()
    {
        ["stage"] = place.Stage,
        ["channel"] = place.Channel,
        ["input"] = place.Input,
        ["weights"] = new JsonArray([.. Enumerable.Range(0, weights.GetLength(0)).Select(row => (JsonNode)new JsonArray(
            [.. Enumerable.Range(0, weights.GetLength(1)).Select(column => (JsonNode)weights[row, column])]))]),
    };

    private static JsonArray Describe(PixelRectangle place) => new(place.X, place.Y, place.Width, place.Height);

    private static JsonObject? Describe(Inspector inspector)
    {
        if (inspector.Current is not { } found)
            return null;
        var element = new JsonObject
        {
            ["stage"] = found.At.Stage,
            ["channel"] = found.At.Channel,
            ["row"] = found.At.Row,
            ["column"] = found.At.Column,
            ["pinned"] = inspector.Pinned is not null,
            ["value"] = found.Value,
        };
        element["place"] = found.Place;
        element["reached"] = new JsonArray([.. found.Reached.Select(reached => (JsonNode)new JsonArray(
            reached.Field.Stage, reached.Field.Top, reached.Field.Left, reached.Field.Bottom, reached.Field.Right, reached.FirstChannel, reached.LastChannel))]);
        if (found.Explanation is not { } explanation)
            return element;
        element["taps"] = new JsonArray([.. found.ShownTaps.Select(tap => (JsonNode)new JsonObject
        {
            ["place"] = tap.Place.ToString(),
            ["channel"] = tap.Channel,
            ["row"] = tap.Row,
            ["column"] = tap.Column,
            ["x"] = tap.X,
            ["w"] = tap.W,
            ["product"] = tap.Product,
        })]);
        element["fields"] = new JsonArray([.. found.Fields.Select(field => (JsonNode)new JsonArray(field.Stage, field.Top, field.Left, field.Bottom, field.Right))]);
        element["winner"] = explanation.Winner;
        element["terms"] = new JsonArray([.. explanation.Terms.Select(term => (JsonNode)new JsonObject
        {
            ["name"] = term.Name,
            ["value"] = term.Value,
            ["reason"] = term.Reason,
        })]);
        element["exact"] = explanation.Exact;
        element["values"] = new JsonObject([.. found.Values.Select(value => KeyValuePair.Create(value.Backend, (JsonNode?)value.Value))]);
        element["passed"] = found.Verdict!.Passed;
        return element;
    }
}
