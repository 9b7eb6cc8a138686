using System.Runtime.InteropServices;
using LivePool.App.Checks;
using LivePool.Core.Backends;
using LivePool.Core.Tensors;
using LivePool.Gpu;
using LivePool.Gpu.Display;
using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.App.View;

/// <summary>
/// Draws the input and the last stage's channels with their labels, and the lines of text over them. What the GPU
/// computed goes from its buffer to a texture without a trip through the CPU.
/// </summary>
internal sealed class Picture : IDisposable
{
    private const float LabelSize = 13;
    private const float Background = 0.09f;
    private const int MostChannels = 64;
    private static readonly PlaneRange _inputRange = new(0, 255);
    private readonly GL _gl;
    private readonly PlaneRenderer _renderer;
    private readonly PlaneTextures _input;
    private readonly PlaneTextures _output;
    private readonly List<TextLayer> _labels = [];
    private readonly TextLayer _overlay;
    private readonly PlaneTextures _heat;
    private readonly TextLayer _badge;
    private readonly List<(int, int)> _sizes = [];
    private readonly float _contentScale;
    private float[] _inputPlanes = [];
    private PlaneRange[] _ranges = [];
    private PlaneRanges? _gpuRanges;
    private ICompiledPipeline? _shown;
    private string? _heatOf;

    public Picture(GL gl, ShaderFolder shaders, float contentScale)
    {
        _gl = gl;
        _contentScale = contentScale;
        _renderer = new(gl, shaders);
        _input = new(gl);
        _output = new(gl);
        _overlay = new(gl, LabelSize * contentScale);
        _heat = new(gl);
        _badge = new(gl, LabelSize * contentScale);
    }

    /// <summary>Takes over what a run produced.</summary>
    public void Update(ICompiledPipeline compiled, ReadOnlySpan<byte> input)
    {
        int last = compiled.Shapes.Count - 1;
        TensorShape shape = compiled.Shapes[last];
        if (!ReferenceEquals(compiled, _shown))
        {
            Forget();
            _shown = compiled;
            _gpuRanges = (compiled as GpuCompiledPipeline)?.CreatePlaneRanges(last);
            _ranges = new PlaneRange[shape.Planes];
        }
        if (compiled is GpuCompiledPipeline gpu)
        {
            _input.Upload(gpu.InputBuffer, compiled.InputShape);
            _output.Upload(gpu.OutputBuffer(last), shape);
            _gpuRanges!.Update().CopyTo(_ranges);
        }
        else
        {
            if (_inputPlanes.Length < input.Length)
                _inputPlanes = new float[input.Length];
            Span<float> planes = _inputPlanes.AsSpan(0, input.Length);
            ((FrameView)input).CopyTo(planes);
            _input.Upload(planes, compiled.InputShape);
            ReadOnlySpan<float> output = compiled.Output(last);
            _output.Upload(output, shape);
            for (int i = 0; i < _ranges.Length; i++)
                _ranges[i] = PlaneRange.Of(output.Slice(i * shape.PlaneSize, shape.PlaneSize));
        }
    }

    /// <summary>
    /// The GPU's ranges arrive one update late: this fetches those of the frame that is shown, once no newer one follows.
    /// </summary>
    public void Settle()
    {
        if (_gpuRanges is not null)
            _gpuRanges.Update().CopyTo(_ranges);
    }

    /// <summary>Shows the worst stage's errors instead of the last one's values, until <see cref="HideHeat"/>.</summary>
    public void ShowHeat(LiveReport report)
    {
        _heat.Upload(report.Heat, report.Shape);
        _heatOf = report.Reports[report.WorstStage].Operator;
    }

    /// <summary>Shows the last stage's values again.</summary>
    public void HideHeat() => _heatOf = null;

    /// <summary>Lets go of what is shown, before its pipeline is disposed of.</summary>
    public void Forget()
    {
        _gpuRanges?.Dispose();
        _gpuRanges = null;
        _shown = null;
        _heatOf = null;
    }

    /// <summary>Draws a frame.</summary>
    /// <param name="width">The framebuffer's width in pixels, at least 1.</param>
    /// <param name="height">The framebuffer's height in pixels, at least 1.</param>
    /// <param name="refreshLabels">Whether labels may change their text: a few times per second is legible.</param>
    /// <param name="overlay">Lines of text in the lower left corner.</param>
    /// <param name="badge">The verdict in the lower right corner, lines of text, none for no badge.</param>
    /// <param name="verdict">Its colour: green, red, or grey before there is one.</param>
    public void Draw(
        int width, int height, bool refreshLabels, ReadOnlySpan<string> overlay, ReadOnlySpan<string> badge, bool? verdict)
    {
        _renderer.Begin(width, height);
        _renderer.FillRectangle(new(0, 0, width, height), Background, Background, Background);
        if (_shown is not null)
            DrawTiles(_shown, width, height, refreshLabels);
        _overlay.Update(overlay);
        int gap = (int)(TileLayout.Gap * _contentScale);
        _overlay.Draw(_renderer, gap, height - gap - _overlay.Height);
        _badge.Update(badge);
        DrawBadge(width - gap - _badge.Width, height - gap - _badge.Height, verdict);
    }

    /// <summary>The text within a frame of the verdict's colour.</summary>
    private void DrawBadge(int x, int y, bool? verdict)
    {
        if (_badge.Height == 0)
            return;
        int border = (int)(4 * _contentScale);
        var around = new PixelRectangle(x - border, y - border, _badge.Width + 2 * border, _badge.Height + 2 * border);
        (float red, float green, float blue) = verdict switch
        {
            true => (0.16f, 0.65f, 0.27f),
            false => (0.86f, 0.15f, 0.15f),
            null => (0.5f, 0.5f, 0.5f),
        };
        _renderer.FillRectangle(around, red, green, blue);
        _badge.Draw(_renderer, x, y);
    }

    private void DrawTiles(ICompiledPipeline compiled, int width, int height, bool refreshLabels)
    {
        TensorShape input = compiled.InputShape;
        TensorShape output = _heatOf is null ? compiled.Shapes[^1] : _heat.Shape;
        int channels = Math.Min(output.C, MostChannels);
        _sizes.Clear();
        for (int i = 0; i < input.C; i++)
            _sizes.Add((input.W, input.H));
        for (int i = 0; i < channels; i++)
            _sizes.Add((output.W, output.H));
        Span<PixelRectangle> tiles = stackalloc PixelRectangle[_sizes.Count];
        TileLayout.Place(width, height, CollectionsMarshal.AsSpan(_sizes), input.C, _contentScale, tiles);

        bool newLabels = _labels.Count != tiles.Length;
        while (_labels.Count < tiles.Length)
            _labels.Add(new(_gl, LabelSize * _contentScale));
        for (int i = tiles.Length; i < _labels.Count; i++)
            _labels[i].Clear();
        for (int i = 0; i < tiles.Length; i++)
        {
            bool isInput = i < input.C;
            int channel = isInput ? i : i - input.C;
            if (refreshLabels || newLabels)
                _labels[i].Update(tiles[i].Width + (int)(TileLayout.Gap * _contentScale), isInput ? InputLabels(input, channel) : _heatOf is not null ? HeatLabels(_heatOf, channel) : OutputLabels(compiled, channel));
            if (!isInput && _heatOf is not null)
                _renderer.DrawHeat(_heat, channel, tiles[i]);
            else
                _renderer.DrawPlane(isInput ? _input : _output, channel, tiles[i], isInput ? _inputRange : _ranges[channel]);
            _labels[i].Draw(_renderer, tiles[i].X, tiles[i].Y - _labels[i].Height - (int)(4 * _contentScale));
        }
    }

    private static string[] InputLabels(TensorShape input, int channel)
    {
        if (input.C == 1)
            return [$"input {input}", "input"];
        string colour = channel == 0 ? "red" : channel == 1 ? "green" : "blue";
        return [$"input {input} · {colour}", $"input · {colour}", colour];
    }

    private string[] OutputLabels(ICompiledPipeline compiled, int channel)
    {
        string range = $"{_ranges[channel].Min:G5} to {_ranges[channel].Max:G5}";
        return
        [
            $"{compiled.Pipeline.Stages[^1].Name} {compiled.Shapes[^1]} · channel {channel} · {range}",
            $"channel {channel} · {range}",
            $"channel {channel}",
            $"{channel}",
        ];
    }

    private static string[] HeatLabels(string stage, int channel) =>
    [
        $"{stage} · channel {channel} · error: black none, blue 2^-14 of its bound to yellow 1, red beyond",
        $"{stage} · channel {channel} · error / bound: blue 2^-14, yellow 1, red beyond",
        $"channel {channel} · error / bound",
        $"{channel}",
    ];

    public void Dispose()
    {
        Forget();
        foreach (TextLayer label in _labels)
            label.Dispose();
        _overlay.Dispose();
        _badge.Dispose();
        _heat.Dispose();
        _input.Dispose();
        _output.Dispose();
        _renderer.Dispose();
    }
}
