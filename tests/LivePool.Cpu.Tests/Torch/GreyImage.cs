using LivePool.Core.Tensors;
using LivePool.Testing;
using LivePool.Testing.Torch;
using StbImageSharp;

namespace LivePool.Cpu.Tests.Torch;

/// <summary>A photograph in grey, by the formula of Pillow's <c>convert("L")</c>.</summary>
internal static class GreyImage
{
    /// <summary>Decodes a photograph, or skips the test where it is not there.</summary>
    public static byte[] Load(Photo photo)
    {
        string? path = SharedImages.PathOf(photo.File);
        Assert.SkipWhen(path is null, SharedImages.Missing);
        ImageResult image = ImageResult.FromMemory(File.ReadAllBytes(path!), ColorComponents.RedGreenBlue);
        Assert.Equal((photo.Width, photo.Height), (image.Width, image.Height));
        byte[] grey = new byte[image.Width * image.Height];
        for (int i = 0; i < grey.Length; i++)
        {
            (int r, int g, int b) = (image.Data[3 * i], image.Data[3 * i + 1], image.Data[3 * i + 2]);
            grey[i] = (byte)((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16);
        }
        return grey;
    }

    public static TensorShape Shape(Photo photo) => new(1, 1, photo.Height, photo.Width);
}
