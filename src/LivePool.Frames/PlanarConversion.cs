using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LivePool.Frames;

/// <summary>One row of interleaved pixels to grey or to three planes: 16 pixels a step, the rest one by one.</summary>
public static class PlanarConversion
{
    private const uint RedWeight = 19595, GreenWeight = 38470, BlueWeight = 7471, Half = 0x8000;

    /// <summary>A pixel layout: how four pixels become four 32-bit lanes of 0x..BBGGRR.</summary>
    private interface ILayout
    {
        static abstract int Bytes { get; }
        static abstract Vector128<uint> Arrange(Vector128<byte> bytes);
        static abstract uint Arrange(ref byte pixel);
    }

    private readonly struct Rgb24 : ILayout
    {
        public static int Bytes => 3;

        // An index of 16 or more yields zero.
        public static Vector128<uint> Arrange(Vector128<byte> bytes) => Vector128.Shuffle(bytes,
            Vector128.Create((byte)0, 1, 2, 16, 3, 4, 5, 16, 6, 7, 8, 16, 9, 10, 11, 16)).AsUInt32();

        public static uint Arrange(ref byte pixel) =>
            pixel | (uint)Unsafe.Add(ref pixel, 1) << 8 | (uint)Unsafe.Add(ref pixel, 2) << 16;
    }

    private readonly struct Rgba32 : ILayout
    {
        public static int Bytes => 4;

        public static Vector128<uint> Arrange(Vector128<byte> bytes) => bytes.AsUInt32();

        public static uint Arrange(ref byte pixel) => Rgb24.Arrange(ref pixel);
    }

    private readonly struct Bgra32 : ILayout
    {
        public static int Bytes => 4;

        public static Vector128<uint> Arrange(Vector128<byte> bytes) => Vector128.Shuffle(bytes,
            Vector128.Create((byte)2, 1, 0, 16, 6, 5, 4, 16, 10, 9, 8, 16, 14, 13, 12, 16)).AsUInt32();

        public static uint Arrange(ref byte pixel) =>
            Unsafe.Add(ref pixel, 2) | (uint)Unsafe.Add(ref pixel, 1) << 8 | (uint)pixel << 16;
    }

    /// <summary>Grey as Pillow's <c>convert("L")</c>.</summary>
    /// <param name="format">How a pixel lies in the row.</param>
    /// <param name="row">The row's pixels, no more and no fewer.</param>
    /// <param name="grey">One byte a pixel; it must not overlap the row.</param>
    public static void Grey(PixelFormat format, ReadOnlySpan<byte> row, Span<byte> grey)
    {
        switch (format)
        {
            case PixelFormat.Gray8: row.CopyTo(grey); break;
            case PixelFormat.Rgb24: Grey<Rgb24>(row, grey); break;
            case PixelFormat.Rgba32: Grey<Rgba32>(row, grey); break;
            case PixelFormat.Bgra32: Grey<Bgra32>(row, grey); break;
            default: throw new ArgumentOutOfRangeException(nameof(format), format, "unknown pixel format");
        }
    }

    /// <summary>Red, green and blue; alpha is dropped.</summary>
    /// <param name="format">How a pixel lies in the row.</param>
    /// <param name="row">The row's pixels, no more and no fewer.</param>
    /// <param name="red">One byte a pixel, as in the others; none may overlap the row.</param>
    /// <param name="green">One byte a pixel.</param>
    /// <param name="blue">One byte a pixel.</param>
    public static void Split(PixelFormat format, ReadOnlySpan<byte> row, Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        switch (format)
        {
            case PixelFormat.Gray8:
                row.CopyTo(red);
                row.CopyTo(green);
                row.CopyTo(blue);
                break;
            case PixelFormat.Rgb24: Split<Rgb24>(row, red, green, blue); break;
            case PixelFormat.Rgba32: Split<Rgba32>(row, red, green, blue); break;
            case PixelFormat.Bgra32: Split<Bgra32>(row, red, green, blue); break;
            default: throw new ArgumentOutOfRangeException(nameof(format), format, "unknown pixel format");
        }
    }

    private static void Grey<TLayout>(ReadOnlySpan<byte> row, Span<byte> grey)
        where TLayout : struct, ILayout
    {
        var width = grey.Length;
        ref var source = ref MemoryMarshal.GetReference(row);
        ref var target = ref MemoryMarshal.GetReference(grey);
        var x = 0;
        for (; Fits<TLayout>(x, row.Length); x += 16)
        {
            var a = Grey4(Load<TLayout>(ref source, x));
            var b = Grey4(Load<TLayout>(ref source, x + 4));
            var c = Grey4(Load<TLayout>(ref source, x + 8));
            var d = Grey4(Load<TLayout>(ref source, x + 12));
            Pack(a, b, c, d).StoreUnsafe(ref target, (nuint)x);
        }
        for (; x < width; x++)
        {
            var pixel = TLayout.Arrange(ref Unsafe.Add(ref source, x * TLayout.Bytes));
            Unsafe.Add(ref target, x) = (byte)(((pixel & 255) * RedWeight + (pixel >> 8 & 255) * GreenWeight
                + (pixel >> 16 & 255) * BlueWeight + Half) >> 16);
        }
    }

    private static void Split<TLayout>(ReadOnlySpan<byte> row, Span<byte> red, Span<byte> green, Span<byte> blue)
        where TLayout : struct, ILayout
    {
        var width = red.Length;
        ref var source = ref MemoryMarshal.GetReference(row);
        var low = Vector128.Create(255u);
        var x = 0;
        for (; Fits<TLayout>(x, row.Length); x += 16)
        {
            var a = Load<TLayout>(ref source, x);
            var b = Load<TLayout>(ref source, x + 4);
            var c = Load<TLayout>(ref source, x + 8);
            var d = Load<TLayout>(ref source, x + 12);
            Pack(a & low, b & low, c & low, d & low).StoreUnsafe(ref MemoryMarshal.GetReference(red), (nuint)x);
            Pack(a >> 8 & low, b >> 8 & low, c >> 8 & low, d >> 8 & low)
                .StoreUnsafe(ref MemoryMarshal.GetReference(green), (nuint)x);
            Pack(a >> 16 & low, b >> 16 & low, c >> 16 & low, d >> 16 & low)
                .StoreUnsafe(ref MemoryMarshal.GetReference(blue), (nuint)x);
        }
        for (; x < width; x++)
        {
            var pixel = TLayout.Arrange(ref Unsafe.Add(ref source, x * TLayout.Bytes));
            red[x] = (byte)pixel;
            green[x] = (byte)(pixel >> 8);
            blue[x] = (byte)(pixel >> 16);
        }
    }

    /// <summary>Whether 16 pixels from x can be loaded: the last load of 16 bytes starts at pixel x + 12.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Fits<TLayout>(int x, int rowBytes)
        where TLayout : struct, ILayout => (x + 12) * TLayout.Bytes + 16 <= rowBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Load<TLayout>(ref byte row, int x)
        where TLayout : struct, ILayout => TLayout.Arrange(Vector128.LoadUnsafe(ref row, (nuint)(x * TLayout.Bytes)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Grey4(Vector128<uint> pixels)
    {
        var low = Vector128.Create(255u);
        return ((pixels & low) * RedWeight + (pixels >> 8 & low) * GreenWeight + (pixels >> 16 & low) * BlueWeight
            + Vector128.Create(Half)) >> 16;
    }

    /// <summary>Sixteen lanes, each below 256, to sixteen bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Pack(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d) =>
        Vector128.Narrow(Vector128.Narrow(a, b), Vector128.Narrow(c, d));
}
