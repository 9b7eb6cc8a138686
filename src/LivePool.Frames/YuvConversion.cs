using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LivePool.Frames;

/// <summary>
/// One row of luma and chroma to grey or to red, green and blue, in whole numbers: 16 pixels a step, the rest one by one.
/// With the coefficients of <see cref="YuvEncoding"/>, c = 32768 and clamp(v) = min(max(v >> 16, 0), 255):
/// <code>
/// grey  = clamp(Luma * (Y - Black) + c)
/// red   = clamp(Luma * (Y - Black) + CrInRed * (Cr - 128) + c)
/// green = clamp(Luma * (Y - Black) + CbInGreen * (Cb - 128) + CrInGreen * (Cr - 128) + c)
/// blue  = clamp(Luma * (Y - Black) + CbInBlue * (Cb - 128) + c)
/// </code>
/// A limited range becomes the full one. Both pixels of a pair have the pair's chroma.
/// </summary>
public static class YuvConversion
{
    private const int Half = YuvEncoding.One / 2;
    private const int Neutral = 128;

    /// <summary>How eight pixels from an even one become four 32-bit lanes of a pair each: 0xCrYYCbYY.</summary>
    private interface ILayout
    {
        static abstract Vector128<uint> Load(ref byte luma, ref byte chroma, int x);
        static abstract (byte Y, byte Cb, byte Cr) Pixel(ref byte luma, ref byte chroma, int x);
    }

    private readonly struct Yuyv : ILayout
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<uint> Load(ref byte luma, ref byte chroma, int x) =>
            Vector128.LoadUnsafe(ref luma, (nuint)(2 * x)).AsUInt32();

        public static (byte Y, byte Cb, byte Cr) Pixel(ref byte luma, ref byte chroma, int x) =>
            (Unsafe.Add(ref luma, 2 * x), Unsafe.Add(ref luma, 4 * (x / 2) + 1), Unsafe.Add(ref luma, 4 * (x / 2) + 3));
    }

    private readonly struct Nv12 : ILayout
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<uint> Load(ref byte luma, ref byte chroma, int x) => (Widen(ref luma, x) | Widen(ref chroma, x) << 8).AsUInt32();

        public static (byte Y, byte Cb, byte Cr) Pixel(ref byte luma, ref byte chroma, int x) =>
            (Unsafe.Add(ref luma, x), Unsafe.Add(ref chroma, x & ~1), Unsafe.Add(ref chroma, x | 1));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<ushort> Widen(ref byte row, int x) =>
            Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref row, x))).AsByte());
    }

    /// <summary>Grey from luma alone.</summary>
    /// <param name="format">Yuyv, Nv12 or Gray8.</param>
    /// <param name="encoding">What luma means.</param>
    /// <param name="row">The row; of Nv12 its luma.</param>
    /// <param name="grey">One byte a pixel; it must not overlap the row.</param>
    public static void Grey(PixelFormat format, YuvEncoding encoding, ReadOnlySpan<byte> row, Span<byte> grey)
    {
        CheckLength(row, grey.Length * format.BytesPerPixel());
        switch (format)
        {
            case PixelFormat.Gray8 or PixelFormat.Nv12 when encoding.IsLimited:
                ExpandLuma(encoding, row, grey);
                break;
            case PixelFormat.Gray8 or PixelFormat.Nv12:
                row[..grey.Length].CopyTo(grey);
                break;
            case PixelFormat.Yuyv:
                TakeLuma(row, grey);
                if (encoding.IsLimited)
                    ExpandLuma(encoding, grey, grey);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "has no luma");
        }
    }

    /// <summary>Red, green and blue of a row of Yuyv.</summary>
    /// <param name="encoding">What luma and chroma mean.</param>
    /// <param name="row">The row.</param>
    /// <param name="red">One byte a pixel, as in the others; none may overlap the row.</param>
    /// <param name="green">One byte a pixel.</param>
    /// <param name="blue">One byte a pixel.</param>
    public static void SplitYuyv(YuvEncoding encoding, ReadOnlySpan<byte> row, Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        CheckLength(row, (int)PixelFormat.Yuyv.RowBytes(red.Length));
        Split<Yuyv>(encoding, row, row, red, green, blue);
    }

    /// <summary>Red, green and blue of a row of Nv12.</summary>
    /// <param name="encoding">What luma and chroma mean.</param>
    /// <param name="luma">The row's luma.</param>
    /// <param name="chroma">The row's pairs of Cb and Cr.</param>
    /// <param name="red">One byte a pixel, as in the others; none may overlap the rows.</param>
    /// <param name="green">One byte a pixel.</param>
    /// <param name="blue">One byte a pixel.</param>
    public static void SplitNv12(
        YuvEncoding encoding, ReadOnlySpan<byte> luma, ReadOnlySpan<byte> chroma, Span<byte> red, Span<byte> green, Span<byte> blue)
    {
        CheckLength(luma, red.Length);
        CheckLength(chroma, (int)PixelFormat.Nv12.RowBytes(red.Length));
        Split<Nv12>(encoding, luma, chroma, red, green, blue);
    }

    private static void CheckLength(ReadOnlySpan<byte> row, int needed)
    {
        if (row.Length < needed)
            throw new ArgumentException($"the row has {row.Length} bytes; it needs {needed}", nameof(row));
    }

    private static void TakeLuma(ReadOnlySpan<byte> row, Span<byte> grey)
    {
        ref byte source = ref MemoryMarshal.GetReference(row);
        ref byte target = ref MemoryMarshal.GetReference(grey);
        Vector128<ushort> low = Vector128.Create((ushort)255);
        int x = 0;
        for (; x + 16 <= grey.Length; x += 16)
        {
            Vector128<ushort> first = Vector128.LoadUnsafe(ref source, (nuint)(2 * x)).AsUInt16() & low;
            Vector128<ushort> second = Vector128.LoadUnsafe(ref source, (nuint)(2 * x + 16)).AsUInt16() & low;
            Vector128.Narrow(first, second).StoreUnsafe(ref target, (nuint)x);
        }
        for (; x < grey.Length; x++)
            grey[x] = row[2 * x];
    }

    /// <summary>Also in place.</summary>
    private static void ExpandLuma(YuvEncoding encoding, ReadOnlySpan<byte> luma, Span<byte> grey)
    {
        int scale = encoding.Luma, black = encoding.Black;
        ref byte source = ref MemoryMarshal.GetReference(luma);
        ref byte target = ref MemoryMarshal.GetReference(grey);
        int x = 0;
        for (; x + 16 <= grey.Length; x += 16)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.LoadUnsafe(ref source, (nuint)x));
            (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(low);
            (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(high);
            Vector128<ushort> first = Vector128.Narrow(Expand(a, scale, black), Expand(b, scale, black));
            Vector128<ushort> second = Vector128.Narrow(Expand(c, scale, black), Expand(d, scale, black));
            Vector128.Narrow(first, second).StoreUnsafe(ref target, (nuint)x);
        }
        for (; x < grey.Length; x++)
            grey[x] = Level(scale * (luma[x] - black), 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Expand(Vector128<uint> luma, int scale, int black) =>
        Level(scale * (luma.AsInt32() - Vector128.Create(black)), Vector128<int>.Zero);

    private static void Split<TLayout>(
        YuvEncoding encoding, ReadOnlySpan<byte> luma, ReadOnlySpan<byte> chroma, Span<byte> red, Span<byte> green, Span<byte> blue)
        where TLayout : struct, ILayout
    {
        int width = red.Length;
        ref byte y = ref MemoryMarshal.GetReference(luma);
        ref byte c = ref MemoryMarshal.GetReference(chroma);
        ref byte r = ref MemoryMarshal.GetReference(red);
        ref byte g = ref MemoryMarshal.GetReference(green[..width]);
        ref byte b = ref MemoryMarshal.GetReference(blue[..width]);
        int scale = encoding.Luma, black = encoding.Black;
        (int crInRed, int cbInGreen, int crInGreen, int cbInBlue) = (encoding.CrInRed, encoding.CbInGreen, encoding.CrInGreen, encoding.CbInBlue);
        int x = 0;
        for (; x + 16 <= width; x += 16)
        {
            (Vector128<int> even0, Vector128<int> odd0, Vector128<int> cb0, Vector128<int> cr0) = Separate(TLayout.Load(ref y, ref c, x), scale, black);
            (Vector128<int> even1, Vector128<int> odd1, Vector128<int> cb1, Vector128<int> cr1) = Separate(TLayout.Load(ref y, ref c, x + 8), scale, black);
            Vector128.Narrow(Join(even0, odd0, crInRed * cr0), Join(even1, odd1, crInRed * cr1)).StoreUnsafe(ref r, (nuint)x);
            Vector128.Narrow(
                Join(even0, odd0, cbInGreen * cb0 + crInGreen * cr0),
                Join(even1, odd1, cbInGreen * cb1 + crInGreen * cr1)).StoreUnsafe(ref g, (nuint)x);
            Vector128.Narrow(Join(even0, odd0, cbInBlue * cb0), Join(even1, odd1, cbInBlue * cb1)).StoreUnsafe(ref b, (nuint)x);
        }
        for (; x < width; x++)
        {
            (byte luminance, byte cb, byte cr) = TLayout.Pixel(ref y, ref c, x);
            int level = scale * (luminance - black);
            Unsafe.Add(ref r, x) = Level(level, crInRed * (cr - Neutral));
            Unsafe.Add(ref g, x) = Level(level, cbInGreen * (cb - Neutral) + crInGreen * (cr - Neutral));
            Unsafe.Add(ref b, x) = Level(level, cbInBlue * (cb - Neutral));
        }
    }

    /// <summary>Four pairs: the lumas of their even and odd pixels, scaled, and their chroma.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<int> Even, Vector128<int> Odd, Vector128<int> Cb, Vector128<int> Cr) Separate(Vector128<uint> pairs, int scale, int black)
    {
        Vector128<uint> low = Vector128.Create(255u);
        Vector128<int> neutral = Vector128.Create(Neutral);
        return (
            scale * ((pairs & low).AsInt32() - Vector128.Create(black)),
            scale * ((pairs >> 16 & low).AsInt32() - Vector128.Create(black)),
            (pairs >> 8 & low).AsInt32() - neutral,
            (pairs >> 24).AsInt32() - neutral);
    }

    /// <summary>Four even and four odd pixels by turns, a byte in 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Join(Vector128<int> even, Vector128<int> odd, Vector128<int> chroma) =>
        (Level(even, chroma) | (Level(odd, chroma) << 16)).AsUInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Level(Vector128<int> luma, Vector128<int> chroma) =>
        Vector128.Min(Vector128.Max((luma + chroma + Vector128.Create(Half)) >> 16, Vector128<int>.Zero), Vector128.Create(255)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Level(int luma, int chroma) => (byte)Math.Clamp((luma + chroma + Half) >> 16, 0, 255);
}
