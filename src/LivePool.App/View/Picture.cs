using System.Runtime.InteropServices;
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
    private readonly List<(int, int)> _sizes = [];
    private readonly float _contentScale;
    private float[] _inputPlanes = [];
    private PlaneRange[] _ranges = [];
    private PlaneRanges? _gpuRanges;
    private ICompiledPipeline? _shown;

    public Picture(GL gl, ShaderFolder shaders, float contentScale)
    {
        _gl = gl;
        _contentScale = contentScale;
        _renderer = new(gl, shaders);
        _input = new(gl);
        _output = new(gl);
        _overlay = new(gl, LabelSize * contentScale);
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

    /// <summary>Lets go of what is shown, before its pipeline is disposed of.</summary>
    public void Forget()
    {
        _gpuRanges?.Dispose();
        _gpuRanges = null;
        _shown = null;
    }

    /// <summary>Draws a frame.</summary>
    /// <param name="width">The framebuffer's width in pixels, at least 1.</param>
    /// <param name="height">The framebuffer's height in pixels, at least 1.</param>
    /// <param name="refreshLabels">Whether labels may change their text: a few times per second is legible.</param>
    /// <param name="overlay">Lines of text in the lower left corner.</param>
    public void Draw(int width, int height, bool refreshLabels, ReadOnlySpan<string> overlay)
    {
        _renderer.Begin(width, height);
        _renderer.FillRectangle(new(0, 0, width, height), Background, Background, Background);
        if (_shown is not null)
            DrawTiles(_shown, width, height, refreshLabels);
        _overlay.Update(overlay);
        int gap = (int)(TileLayout.Gap * _contentScale);
        _overlay.Draw(_renderer, gap, height - gap - _overlay.Height);
    }

    private void DrawTiles(ICompiledPipeline compiled, int width, int height, bool refreshLabels)
    {
        TensorShape input = compiled.InputShape;
        TensorShape output = compiled.Shapes[^1];
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
                _labels[i].Update(tiles[i].Width + (int)(TileLayout.Gap * _contentScale), isInput ? InputLabels(input, channel) : OutputLabels(compiled, channel));
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

    public void Dispose()
    {
        Forget();
        foreach (TextLayer label in _labels)
            label.Dispose();
        _overlay.Dispose();
        _input.Dispose();
        _output.Dispose();
        _renderer.Dispose();
    }
}
