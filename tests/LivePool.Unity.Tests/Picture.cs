using UnityEngine;

namespace LivePool.Unity.Tests;

/// <summary>A picture as it is seen, row 0 at the top, and as Unity and its textures have it.</summary>
internal sealed record Picture(int Width, int Height, byte[] Rgba)
{
    public static Picture Noise(int width, int height, int seed = 1)
    {
        byte[] pixels = new byte[4 * width * height];
        new Random(seed).NextBytes(pixels);
        return new(width, height, pixels);
    }

    /// <summary>Unity's pixels, row 0 the lowest.</summary>
    public Color32[] Pixels =>
        [.. Rgba.Chunk(4 * Width).Reverse().SelectMany(row => row.Chunk(4)).Select(pixel => new Color32(pixel[0], pixel[1], pixel[2], pixel[3]))];

    /// <summary>What a texture of 8 bits shows of the picture's feature maps, the top row first, by the plainest backend.</summary>
    public byte[] Shown(string pipeline, float black = 0, float white = 255)
    {
        using var engine = new LivePoolEngine(pipeline, Unity.Backend.Reference);
        Assert.True(engine.TrySubmit(Rgba, FrameFormat.Rgba32, Width, Height) && engine.TryRun());
        Assert.True(engine.TryGetShape(out int channels, out int height, out int width));
        float[] maps = engine.Read();
        int count = height * width;
        byte[] shown = new byte[4 * count];
        for (int i = 0; i < count; i++)
        {
            for (int colour = 0; colour < 3; colour++)
            {
                int channel = channels == 1 ? 0 : colour;
                float value = channel < channels ? (maps[channel * count + i] - black) * (255 / (white - black)) + 0.5f : 0;
                shown[4 * i + colour] = (byte)Math.Clamp(value, 0, 255);
            }
            shown[4 * i + 3] = 255;
        }
        return shown;
    }
}
