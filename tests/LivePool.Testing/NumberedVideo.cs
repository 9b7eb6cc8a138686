using System.Diagnostics;

namespace LivePool.Testing;

/// <summary>Videos whose frames carry their number as black and white blocks, large enough to survive compression.</summary>
public static class NumberedVideo
{
    private const int Bits = 10;
    private const int Block = 16;

    /// <summary>Pixels of a row.</summary>
    public const int Width = Bits * Block;

    /// <summary>Rows.</summary>
    public const int Height = 2 * Block;

    /// <summary>Makes a video with an installed ffmpeg.</summary>
    /// <param name="path">The file; its extension decides what it is.</param>
    /// <param name="frames">Up to 1,024.</param>
    /// <param name="rate">Frames a second.</param>
    /// <param name="options">More of ffmpeg's options for the output.</param>
    public static void Make(string path, int frames, int rate = 25, params string[] options)
    {
        var start = new ProcessStartInfo("ffmpeg", [
            "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s", $"{Width}x{Height}", "-r", $"{rate}", "-i", "-",
            "-pix_fmt", "yuv420p", .. options, $"file:{path}"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        byte[] pixels = new byte[Width * Height];
        for (int number = 0; number < frames; number++)
        {
            Draw(number, pixels);
            process.StandardInput.BaseStream.Write(pixels);
        }
        process.StandardInput.Close();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"ffmpeg does not make {path}: {error}");
    }

    /// <summary>The number that a frame's grey pixels show; the lower blocks are its opposite.</summary>
    /// <exception cref="InvalidDataException">They show none, or parts of two.</exception>
    public static int Read(ReadOnlySpan<byte> grey)
    {
        int number = 0;
        for (int bit = 0; bit < Bits; bit++)
        {
            int x = bit * Block + Block / 2;
            bool upper = grey[Block / 2 * Width + x] > 127, lower = grey[(Block + Block / 2) * Width + x] > 127;
            if (upper == lower)
                throw new InvalidDataException($"bit {bit} is {(upper ? "white" : "black")} above and below");
            number |= upper ? 1 << bit : 0;
        }
        return number;
    }

    private static void Draw(int number, Span<byte> pixels)
    {
        for (int i = 0; i < pixels.Length; i++)
        {
            bool isSet = (number >> (i % Width / Block) & 1) != 0;
            pixels[i] = isSet == i < Block * Width ? byte.MaxValue : (byte)0;
        }
    }
}
