using System.Globalization;
using System.Runtime.InteropServices;
using LivePool.App.Checks;
using LivePool.App.View.Comparing;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Gpu;
using LivePool.Gpu.Display;
using LivePool.Shaders;
using Silk.NET.OpenGL;
using SkiaSharp;

namespace LivePool.App.View;

/// <summary>What a picture shows of its stage.</summary>
internal enum TileContent
{
    /// <summary>The last frame.</summary>
    Live,

    /// <summary>The last frame, three channels of it as red, green and blue.</summary>
    Colour,

    /// <summary>The frame that is compared, as this backend has it.</summary>
    Mine,

    /// <summary>The same as the other backend has it.</summary>
    Theirs,

    /// <summary>Where the two differ.</summary>
    Difference,
}

/// <summary>A picture in the window.</summary>
/// <param name="Stage">Whose output it is, from 0; -1 for the input.</param>
/// <param name="Channel">Which channel.</param>
/// <param name="Place">Where it is seen.</param>
/// <param name="Whole">Where all of it would be.</param>
/// <param name="ColoursOf">The stage whose values have the ends of the colours, -1 for the input.</param>
/// <param name="Content">What it shows.</param>
internal readonly record struct Tile(
    int Stage, int Channel, PixelRectangle Place, PixelRectangle Whole, int ColoursOf, TileContent Content = TileContent.Live);

/// <summary>An element of the input or of a stage's output.</summary>
/// <param name="Stage">Whose output it is of, from 0; -1 for the input.</param>
/// <param name="Channel">Its channel.</param>
/// <param name="Row">Its row.</param>
/// <param name="Column">Its column.</param>
internal readonly record struct Element(int Stage, int Channel, int Row, int Column);

/// <summary>Draws the input and every stage's channels, with their headings and labels.</summary>
internal sealed class Picture : IDisposable
{
    private const float LabelSize = 12;
    private const int MostChannels = 64;
    private const int KernelHeight = 20;
    private const int LabelGap = 6;
    private const int LegendUnits = 260;

    private readonly GL _gl;
    private readonly float _contentScale;
    private readonly StageTextures _stages;
    private readonly PlaneTextures _heat;
    private readonly KernelTextures _kernels;
    private readonly LegendBar _legend;
    private readonly Dictionary<(int Stage, string Name), PlaneRange> _fixedRanges = [];
    private readonly List<TextLayer> _labels = [];
    private readonly List<TextLayer> _headings = [];
    private readonly List<TileGroup> _groups = [];
    private readonly List<Tile> _tiles = [];
    private PixelRectangle[] _places = [];
    private PixelRectangle[] _headingPlaces = [];
    private LiveReport? _heatOf;
    private bool? _isInColour;
    private bool _wasComparison;
    private PixelRectangle? _divider;

    public Picture(GL gl, ShaderFolder shaders, float contentScale, Comparison comparison)
    {
        _gl = gl;
        _contentScale = contentScale;
        Comparison = comparison;
        Renderer = new(gl, shaders);
        _stages = new(gl);
        _heat = new(gl);
        _kernels = new(gl);
        _legend = new(gl);
    }

    public PlaneRenderer Renderer { get; }

    /// <summary>What is shown of the input and the stages.</summary>
    public StageTextures Stages => _stages;

    public Viewport Viewport { get; } = new();

    /// <summary>What takes the place of all pictures while it is shown.</summary>
    public Comparison Comparison { get; }

    public Theme Theme { get; private set; } = Theme.Dark;

    /// <summary>Whether stages are in signed colours, with 0 in the middle.</summary>
    public bool IsSigned { get; set; }

    /// <summary>Whether red, green and blue are one picture: as it was chosen, or where a shader takes all three.</summary>
    private bool IsInColour(ICompiledPipeline compiled) =>
        _isInColour ?? compiled.Pipeline.Stages.Any(stage => stage is FreeStage { Shader.InputChannels: 3 });

    /// <summary>Shows red, green and blue as one picture, or apart.</summary>
    public void ToggleColour() => _isInColour = _stages.Compiled is { } compiled && !IsInColour(compiled);

    /// <summary>Whether a stage's pictures keep the range of values that they had when that was chosen.</summary>
    public bool IsRangeFixed { get; private set; }

    /// <summary>The one channel that is shown, beside what it was computed from; null for all.</summary>
    public (int Stage, int Channel)? Enlarged { get; set; }

    /// <summary>The pictures as they were drawn last.</summary>
    public ReadOnlySpan<Tile> Tiles => CollectionsMarshal.AsSpan(_tiles);

    public void NextTheme()
    {
        Theme = Theme == Theme.Dark ? Theme.Light : Theme.Dark;
        foreach (TextLayer layer in (IEnumerable<TextLayer>)[.. _labels, .. _headings])
            SetColours(layer);
    }

    /// <summary>Shows the worst stage's errors instead of its values, until <see cref="HideHeat"/>.</summary>
    public void ShowHeat(LiveReport report)
    {
        _heat.Upload(report.Heat, report.Shape);
        _heatOf = report;
    }

    public void HideHeat() => _heatOf = null;

    /// <summary>Lets go of what is shown, before its pipeline is disposed of.</summary>
    public void Forget()
    {
        _stages.Forget();
        _heatOf = null;
        _divider = null;
        _tiles.Clear();
    }

    /// <summary>The element under a pixel of the framebuffer; null where there is none.</summary>
    public (Tile Tile, Element Element)? Find(double x, double y)
    {
        foreach (Tile tile in _tiles)
        {
            PixelRectangle place = tile.Place;
            if (x < place.X || y < place.Y || x >= place.X + place.Width || y >= place.Y + place.Height)
                continue;
            TensorShape shape = _stages.Shape(tile.Stage);
            // As the shader has it: the texel under the pixel's centre.
            int column = (int)((2 * ((long)x - tile.Whole.X) + 1) * shape.W / (2 * tile.Whole.Width));
            int row = (int)((2 * ((long)y - tile.Whole.Y) + 1) * shape.H / (2 * tile.Whole.Height));
            return (tile, new(tile.Stage, tile.Channel, Math.Clamp(row, 0, shape.H - 1), Math.Clamp(column, 0, shape.W - 1)));
        }
        return null;
    }

    /// <summary>Where an element of a picture is drawn; at least a pixel.</summary>
    public PixelRectangle PlaceOf(in Tile tile, int row, int column)
    {
        TensorShape shape = _stages.Shape(tile.Stage);
        int left = tile.Whole.X + (int)Math.Floor((double)column * tile.Whole.Width / shape.W);
        int top = tile.Whole.Y + (int)Math.Floor((double)row * tile.Whole.Height / shape.H);
        int right = tile.Whole.X + (int)Math.Floor((column + 1.0) * tile.Whole.Width / shape.W);
        int bottom = tile.Whole.Y + (int)Math.Floor((row + 1.0) * tile.Whole.Height / shape.H);
        return new(left, top, Math.Max(1, right - left), Math.Max(1, bottom - top));
    }

    /// <summary>Draws the ground and the pictures.</summary>
    /// <param name="width">The framebuffer's width in pixels, at least 1.</param>
    /// <param name="height">Its height, at least 1.</param>
    /// <param name="area">Where the pictures may be.</param>
    /// <param name="refreshLabels">Whether labels may change their text: a few times per second is legible.</param>
    /// <param name="report">What the check found; null where there is none.</param>
    public void Draw(int width, int height, PixelRectangle area, bool refreshLabels, LiveReport? report)
    {
        Renderer.Begin(width, height);
        Fill(new(0, 0, width, height), Theme.Ground);
        if (_stages.Compiled is not { } compiled)
            return;
        _kernels.Update(compiled.Pipeline);
        bool isNew = Place(compiled, area);
        for (int i = 0; i < _tiles.Count; i++)
        {
            DrawTile(_tiles[i]);
            bool hasLegend = HasLegend(_tiles[i]);
            int legend = hasLegend ? (int)(LegendBar.Width * _contentScale) : -(int)(StageGrid.Gap * _contentScale);
            if (refreshLabels || isNew)
                _labels[i].Update(_tiles[i].Place.Width - legend - _kernels.WidthOf(_tiles[i], (int)(KernelHeight * _contentScale)), LabelsOf(_tiles[i]));
            if (hasLegend)
                _legend.Draw(this, _tiles[i], IsSigned && _tiles[i].Stage >= 0, _contentScale);
            int x = _tiles[i].Place.X + _kernels.Draw(Renderer, _tiles[i], (int)(KernelHeight * _contentScale), (int)(LabelGap * _contentScale));
            _labels[i].Draw(Renderer, x, _tiles[i].Place.Y - _labels[i].Height);
        }
        for (int i = 0; i < _groups.Count; i++)
        {
            if (refreshLabels || isNew)
                _headings[i].Update(_headingPlaces[i].Width, Comparison.IsShown ? ComparisonHeadings(compiled, i) : HeadingsOf(compiled, StageOf(i), report));
            _headings[i].Draw(Renderer, _headingPlaces[i].X, _headingPlaces[i].Y);
        }
        if (_divider is { } line)
            Fill(line with { X = line.X - 1, Width = Math.Max(2, (int)(2 * _contentScale)) }, Theme.Accent);
    }

    /// <summary>Where the wipe's line is in a row of pixels; null where there is none.</summary>
    public int? DividerAt(double y) => _divider is { } line && y >= line.Y && y < line.Y + line.Height ? line.X : null;

    /// <summary>Moves the wipe's line.</summary>
    public void MoveDivider(double x) => Comparison.Divider = Math.Clamp((x - _places[0].X) / Math.Max(1, _places[0].Width), 0, 1);

    /// <summary>A frame around a place, as thick as it is legible.</summary>
    public void Outline(PixelRectangle place, PixelRectangle clip, SKColor colour, int thickness)
    {
        Renderer.BeginClip(clip);
        int t = Math.Max(1, (int)(thickness * _contentScale));
        Fill(new(place.X - t, place.Y - t, place.Width + 2 * t, t), colour);
        Fill(new(place.X - t, place.Y + place.Height, place.Width + 2 * t, t), colour);
        Fill(new(place.X - t, place.Y, t, place.Height), colour);
        Fill(new(place.X + place.Width, place.Y, t, place.Height), colour);
        Renderer.EndClip();
    }

    public void Fill(PixelRectangle place, SKColor colour) =>
        Renderer.FillRectangle(place, colour.Red / 255f, colour.Green / 255f, colour.Blue / 255f);

    /// <summary>A group's stage, -1 for the input.</summary>
    private int StageOf(int group) => Enlarged is { } one ? one.Stage - 1 + group : group - 1;

    /// <returns>Whether there are other pictures than before.</returns>
    private bool Place(ICompiledPipeline compiled, PixelRectangle area)
    {
        int before = _tiles.Count;
        _divider = null;
        _groups.Clear();
        if (Enlarged is { } one && (one.Stage >= compiled.Shapes.Count || one.Channel >= compiled.Shapes[one.Stage].C))
            Enlarged = null;
        if (Comparison.IsShown)
        {
            PlaceComparison(compiled, area);
            bool isFirst = !_wasComparison || before != _tiles.Count;
            _wasComparison = true;
            return isFirst;
        }
        int first = Enlarged is { Stage: var stage } ? stage - 1 : -1, end = Enlarged is { Stage: var last } ? last + 1 : compiled.Shapes.Count;
        bool isInColour = Enlarged is null && IsInColour(compiled);
        for (int s = first; s < end; s++)
        {
            TensorShape shape = _stages.Shape(s);
            bool isOne = Enlarged is not null || isInColour && HasColours(compiled, s);
            _groups.Add(new(isOne ? 1 : Math.Min(shape.C, MostChannels), shape.W, shape.H));
        }
        int count = 0;
        foreach (TileGroup group in _groups)
            count += group.Count;
        if (_places.Length < count)
            _places = new PixelRectangle[count];
        if (_headingPlaces.Length < _groups.Count)
            _headingPlaces = new PixelRectangle[_groups.Count];
        StageGrid.Place(area, CollectionsMarshal.AsSpan(_groups), _contentScale, _places.AsSpan(0, count), _headingPlaces.AsSpan(0, _groups.Count));
        _tiles.Clear();
        int next = 0;
        for (int g = 0; g < _groups.Count; g++)
        {
            for (int i = 0; i < _groups[g].Count; i++, next++)
            {
                int channel = Enlarged is { } shown ? Math.Min(shown.Channel, _stages.Shape(StageOf(g)).C - 1) : i;
                PixelRectangle place = _places[next];
                PixelRectangle whole = place.Width < 1 ? place : Viewport.Place(place, _groups[g].Width, _groups[g].Height);
                _tiles.Add(new(StageOf(g), channel, place, whole, StageOf(g), isInColour && HasColours(compiled, StageOf(g)) ? TileContent.Colour : TileContent.Live));
            }
        }
        Grow(_labels, _tiles.Count);
        Grow(_headings, _groups.Count);
        bool isOther = _wasComparison || before != _tiles.Count;
        _wasComparison = false;
        return isOther;
    }

    /// <summary>Whether a stage's three channels are a picture's red, green and blue.</summary>
    private bool HasColours(ICompiledPipeline compiled, int stage) =>
        _stages.Shape(stage).C == 3 && (stage < 0 || compiled.Pipeline.Stages[stage] is FreeStage { Shader.InputChannels: 3 });

    private void PlaceComparison(ICompiledPipeline compiled, PixelRectangle area)
    {
        (string? backend, int stage, int channel) = Comparison.Chosen!;
        int left = Comparison.LeftStage;
        TensorShape shape = _stages.Shape(left);
        int count = Comparison.Mode == CompareMode.Split ? 2 : 1;
        for (int i = 0; i < count; i++)
            _groups.Add(new(1, shape.W, shape.H));
        if (_places.Length < count)
            _places = new PixelRectangle[count];
        if (_headingPlaces.Length < count)
            _headingPlaces = new PixelRectangle[count];
        StageGrid.Place(area, CollectionsMarshal.AsSpan(_groups), _contentScale, _places.AsSpan(0, count), _headingPlaces.AsSpan(0, count));
        _tiles.Clear();
        PixelRectangle first = _places[0], last = _places[count - 1];
        Tile mine = new(left, channel, first, WholeIn(first), left, backend is null ? TileContent.Live : TileContent.Mine);
        Tile theirs = new(stage, channel, last, Spread(WholeIn(last)), left, backend is null ? TileContent.Live : TileContent.Theirs);
        int divider = (int)Math.Round(Comparison.Divider * first.Width);
        switch (Comparison.Mode)
        {
            case CompareMode.Split:
                _tiles.AddRange([mine, theirs]);
                break;
            case CompareMode.Wipe:
                _tiles.Add(mine with { Place = first with { Width = divider } });
                _tiles.Add(theirs with { Place = first with { X = first.X + divider, Width = first.Width - divider } });
                _divider = _tiles[1].Place;
                break;
            default:
                _tiles.Add(mine with { Content = TileContent.Difference });
                break;
        }
        Grow(_labels, _tiles.Count);
        Grow(_headings, _groups.Count);

        PixelRectangle WholeIn(PixelRectangle place) => place.Width < 1 ? place : Viewport.Place(place, shape.W, shape.H);

        // A pool's elements stand on those that they were made of.
        PixelRectangle Spread(PixelRectangle whole)
        {
            if (backend is not null || PoolCells.Of(compiled.Pipeline.Stages[stage], shape, compiled.Shapes[stage]) is not { } cells)
                return whole;
            double x = (double)whole.Width / shape.W, y = (double)whole.Height / shape.H;
            return new(
                (int)Math.Round(whole.X + cells.Left * x), (int)Math.Round(whole.Y + cells.Top * y),
                Math.Max(1, (int)Math.Round(compiled.Shapes[stage].W * cells.StepX * x)), Math.Max(1, (int)Math.Round(compiled.Shapes[stage].H * cells.StepY * y)));
        }
    }

    private string[] ComparisonHeadings(ICompiledPipeline compiled, int group)
    {
        (string? backend, int stage, _) = Comparison.Chosen!;
        string name = compiled.Pipeline.Stages[stage].Title;
        string former = Comparison.IsCurrent ? "" : " · from before the change";
        (string left, string right) = backend is null ? ($"before {name}", $"after {name}")
            : Comparison.IsOfShaders ? (name, $"{(compiled.Pipeline.Stages[stage] is FreeStage ? "" : $"{compiled.Pipeline.Stages[stage].Name} by ")}{backend}")
            : ($"{name} · {Comparison.Mine}", $"{name} · {backend}");
        return Comparison.Mode switch
        {
            CompareMode.Split => [(group == 0 ? left : right) + former],
            CompareMode.Wipe => [$"{left}  |  {right}{former}", name],
            _ =>
            [
                string.Create(CultureInfo.InvariantCulture, $"{left} less {right}: black none, yellow {Comparison.Planes!.Largest:G4}{former}"),
                string.Create(CultureInfo.InvariantCulture, $"difference, yellow {Comparison.Planes.Largest:G4}"),
            ],
        };
    }

    private void Grow(List<TextLayer> layers, int count)
    {
        while (layers.Count < count)
        {
            var layer = new TextLayer(_gl, LabelSize * _contentScale, padding: 0.25f);
            SetColours(layer);
            layers.Add(layer);
        }
    }

    private void SetColours(TextLayer layer) => layer.SetColours(Theme.Ink, Theme.Ground);

    private void DrawTile(in Tile tile)
    {
        if (tile.Place.Width < 1 || tile.Place.Height < 1)
            return;
        Renderer.BeginClip(tile.Place);
        if (tile.Content == TileContent.Colour)
            Renderer.DrawColour(_stages[tile.Stage], 0, tile.Whole, ShownRange(tile));
        else if (tile.Content == TileContent.Difference)
            Renderer.DrawHeat(Comparison.Textures.Heat, 0, tile.Whole);
        else if (tile.Content != TileContent.Live)
            Renderer.DrawPlane(tile.Content == TileContent.Mine ? Comparison.Textures.Mine : Comparison.Textures.Theirs, 0, tile.Whole, ShownRange(tile), IsSigned);
        else if (_heatOf is { } heat && heat.WorstStage == tile.Stage)
            Renderer.DrawHeat(_heat, tile.Channel, tile.Whole);
        else
            Renderer.DrawPlane(_stages[tile.Stage], tile.Channel, tile.Whole, ShownRange(tile), IsSigned && tile.ColoursOf >= 0);
        Renderer.EndClip();
    }

    /// <summary>Whether there is room for the colours' bar, and it says what the colours mean.</summary>
    private bool HasLegend(in Tile tile) => tile.Place.Width >= LegendUnits * _contentScale && tile.Content is not (TileContent.Difference or TileContent.Colour)
        && _heatOf?.WorstStage != tile.Stage;

    /// <summary>Gives all pictures the colours of the values that there are now, or each its own again.</summary>
    public void ToggleFixedRange()
    {
        IsRangeFixed = !IsRangeFixed;
        _fixedRanges.Clear();
    }

    /// <summary>What a stage's channels have in common from when it was seen first; another operator in its place begins anew.</summary>
    private PlaneRange FixedRange(int stage)
    {
        (int, string) key = (stage, _stages.Compiled!.Pipeline.Stages[stage].Title);
        if (_fixedRanges.TryGetValue(key, out PlaneRange known))
            return known;
        PlaneRange range = _stages.Range(stage, 0);
        for (int channel = 1; channel < _stages.Shape(stage).C; channel++)
        {
            PlaneRange other = _stages.Range(stage, channel);
            range = new(Math.Min(range.Min, other.Min), Math.Max(range.Max, other.Max));
        }
        return _fixedRanges[key] = range;
    }

    /// <summary>What is black and what is white, or the ends of the signed colours.</summary>
    public PlaneRange ShownRange(in Tile tile)
    {
        if (tile.Content == TileContent.Colour)
            return new(0, byte.MaxValue);
        PlaneRange range = tile.Content != TileContent.Live ? Comparison.Range
            : IsRangeFixed && tile.ColoursOf >= 0 ? FixedRange(tile.ColoursOf) : _stages.Range(tile.ColoursOf, tile.Channel);
        if (!IsSigned || tile.ColoursOf < 0)
            return range;
        float most = Math.Max(Math.Abs(range.Min), Math.Abs(range.Max));
        // Where all is 0, it is the middle of whatever there might be.
        return most > 0 ? new(-most, most) : new(-1, 1);
    }

    private string[] LabelsOf(in Tile tile)
    {
        TensorShape shape = _stages.Shape(tile.Stage);
        if (tile.Content == TileContent.Colour)
            return ["red, green and blue", "RGB"];
        if (tile.Stage < 0)
            return shape.C == 1 ? ["grey"] : [tile.Channel switch { 0 => "red", 1 => "green", _ => "blue" }];
        if (_heatOf is { } heat && heat.WorstStage == tile.Stage)
        {
            return
            [
                $"channel {tile.Channel} · error: black none, blue 2^-14 of its bound to yellow 1, red beyond",
                $"{tile.Channel} · error / bound: blue 2^-14, yellow 1, red beyond",
                $"{tile.Channel} · error / bound",
                $"{tile.Channel}",
            ];
        }
        if (tile.Content == TileContent.Difference)
            return [$"channel {tile.Channel}", $"{tile.Channel}"];
        PlaneRange range = IsRangeFixed || tile.Content != TileContent.Live ? ShownRange(tile) : _stages.Range(tile.Stage, tile.Channel);
        string ends = string.Create(CultureInfo.InvariantCulture, $"{(IsRangeFixed ? "fixed " : "")}{range.Min:G5} to {range.Max:G5}");
        return [$"channel {tile.Channel} · {ends}", $"{tile.Channel} · {ends}", $"{tile.Channel}"];
    }

    private static string[] HeadingsOf(ICompiledPipeline compiled, int stage, LiveReport? report)
    {
        if (stage < 0)
            return [$"input {compiled.InputShape}", "input"];
        string name = compiled.Pipeline.Stages[stage].Title;
        double milliseconds = compiled.StageMilliseconds[stage];
        string time = double.IsFinite(milliseconds) ? string.Create(CultureInfo.InvariantCulture, $" · {milliseconds:F2} ms on the {(compiled is GpuCompiledPipeline ? "GPU" : "CPU")}") : "";
        string more = compiled.Shapes[stage].C > MostChannels ? $", {MostChannels} channels shown" : "";
        string badge = report?.Reports.ElementAtOrDefault(stage) is not { IsKnown: true } found ? ""
            : !found.Passed ? " · WRONG"
            : found.WorstShare == 0 ? " · equal"
            : string.Create(CultureInfo.InvariantCulture, $" · {100 * found.WorstShare:F0}% of its bound");
        return [$"{name} {compiled.Shapes[stage]}{more}{time}{badge}", $"{name} {compiled.Shapes[stage]}{time.Replace(" on the ", " ", StringComparison.Ordinal)}{badge}", $"{name} {compiled.Shapes[stage]}{more}{badge}", $"{name}{badge}", name];
    }

    public void Dispose()
    {
        Forget();
        foreach (TextLayer layer in (IEnumerable<TextLayer>)[.. _labels, .. _headings])
            layer.Dispose();
        _heat.Dispose();
        _kernels.Dispose();
        _legend.Dispose();
        _stages.Dispose();
        Renderer.Dispose();
    }
}
