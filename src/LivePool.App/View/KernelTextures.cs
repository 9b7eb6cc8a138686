using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu.Display;
using Silk.NET.OpenGL;
using SkiaSharp;

namespace LivePool.App.View;

/// <summary>
/// The weights of each channel that a convolution computes, as small pictures in signed colours: one kernel for each input
/// channel, side by side.
/// </summary>
internal sealed class KernelTextures(GL gl) : IDisposable
{
    private readonly Dictionary<(int Stage, int Channel), RgbaTexture> _textures = [];
    private Pipeline? _pipeline;

    /// <summary>Makes the pictures anew where the pipeline is another.</summary>
    public void Update(Pipeline pipeline)
    {
        if (ReferenceEquals(pipeline, _pipeline))
            return;
        Clear();
        _pipeline = pipeline;
        for (int stage = 0; stage < pipeline.Stages.Length; stage++)
        {
            if (pipeline.Stages[stage] is not Conv2d conv)
                continue;
            for (int channel = 0; channel < conv.Weight.Shape.N; channel++)
                _textures.Add((stage, channel), Create(conv.Weight, channel));
        }
    }

    /// <summary>How wide a channel's picture is at a height at most; 0 where it has none, or it would take half its tile.</summary>
    public int WidthOf(in Tile tile, int height)
    {
        if (!_textures.TryGetValue((tile.Stage, tile.Channel), out RgbaTexture? texture) || texture.Height > height)
            return 0;
        int width = texture.Width * (height / texture.Height);
        return 2 * width <= tile.Place.Width ? width : 0;
    }

    /// <summary>Draws a channel's picture above its tile.</summary>
    /// <returns>How far it and the gap behind it reach; 0 where there is none.</returns>
    public int Draw(PlaneRenderer renderer, in Tile tile, int height, int gap)
    {
        int width = WidthOf(tile, height);
        if (width == 0)
            return 0;
        RgbaTexture texture = _textures[(tile.Stage, tile.Channel)];
        int scale = width / texture.Width;
        renderer.DrawRgba(texture, new(tile.Place.X, tile.Place.Y - texture.Height * scale - 2, width, texture.Height * scale));
        return width + gap;
    }

    private RgbaTexture Create(Tensor weight, int channel)
    {
        TensorShape shape = weight.Shape;
        ReadOnlySpan<float> kernels = weight.Elements.Slice(channel * shape.C * shape.PlaneSize, shape.C * shape.PlaneSize);
        float most = 0;
        foreach (float w in kernels)
            most = Math.Max(most, float.IsFinite(w) ? Math.Abs(w) : 0);
        int columns = shape.C * (shape.W + 1) - 1;
        byte[] pixels = new byte[4 * columns * shape.H];
        for (int c = 0; c < shape.C; c++)
        {
            for (int row = 0; row < shape.H; row++)
            {
                for (int column = 0; column < shape.W; column++)
                {
                    SKColor colour = WeightColours.Of(kernels[(c * shape.H + row) * shape.W + column], most);
                    int at = 4 * (row * columns + c * (shape.W + 1) + column);
                    (pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]) = (colour.Red, colour.Green, colour.Blue, 255);
                }
            }
        }
        var texture = new RgbaTexture(gl);
        texture.Upload(pixels, columns, shape.H);
        return texture;
    }

    private void Clear()
    {
        foreach (RgbaTexture texture in _textures.Values)
            texture.Dispose();
        _textures.Clear();
    }

    public void Dispose() => Clear();
}
