using LivePool.Core.Tensors;
using LivePool.Frames;

namespace LivePool.App.Lab;

/// <summary>The picture that a shader runs on.</summary>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Shape">[1, C, H, W].</param>
/// <param name="X">Its values, 0 to 255.</param>
internal sealed record LabPicture(string Origin, TensorShape Shape, float[] X)
{
    /// <summary>Reads the first frame of a source.</summary>
    /// <param name="text">As given by the user.</param>
    /// <param name="channels">1 for grey, 3 for red, green and blue.</param>
    /// <exception cref="FrameSourceException">It cannot be read.</exception>
    public static LabPicture Read(string text, int channels)
    {
        using IFrameSource source = FrameSources.Open(text);
        var frame = new Frame();
        if (!source.TryRead(frame))
            throw new FrameSourceException($"{source.Description} has no frame; give another --input");
        var shape = new TensorShape(1, channels, frame.Height, frame.Width).Validated();
        var bytes = new byte[shape.Count];
        frame.CopyPlanar(channels, bytes);
        return new(frame.Origin, shape, Array.ConvertAll(bytes, value => (float)value));
    }

    /// <summary>A pattern of any size, the same everywhere: timing needs no meaning, but neither may all be 0.</summary>
    public static float[] Pattern(int count)
    {
        var x = new float[count];
        uint state = 1;
        for (int i = 0; i < count; i++)
        {
            state = state * 1664525 + 1013904223;
            x[i] = state >> 24;
        }
        return x;
    }
}
