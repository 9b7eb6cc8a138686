using System.Numerics;
using LivePool.Gpu.Display;

namespace LivePool.App.Drawing;

/// <summary>
/// How values become grey, the same in the window, in figures and in PNG files:
/// <c>floor(255 * clamp((x - min) / (max - min), 0, 1) + 0.5)</c>, in float32 and in this order, where min and max are
/// the plane's smallest and largest finite values, as matplotlib's imshow takes them. A constant plane is black. +inf is
/// white, -inf black; NaN is magenta where there is colour and black where there is none. Where max - min itself
/// overflows, x, min and max are halved first.
/// </summary>
internal static class DisplayMapping
{
    private const int Chunk = 1024;

    /// <summary>Whether a plane has a NaN.</summary>
    public static bool HasNaN(ReadOnlySpan<float> plane)
    {
        int i = 0;
        for (; i <= plane.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var x = new Vector<float>(plane[i..]);
            if (!Vector.EqualsAll(x, x))
                return true;
        }
        for (; i < plane.Length; i++)
        {
            if (float.IsNaN(plane[i]))
                return true;
        }
        return false;
    }

    /// <summary>Maps values to grey; NaN to 0.</summary>
    /// <param name="plane">The values.</param>
    /// <param name="range">What <see cref="PlaneRange.Of"/> gave for the whole plane.</param>
    /// <param name="grey">One byte for each value.</param>
    public static void ToGrey(ReadOnlySpan<float> plane, PlaneRange range, Span<byte> grey)
    {
        var mapping = new Mapping(range);
        int i = 0;
        for (; i <= plane.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            ReadOnlySpan<float> values = plane.Slice(i, Vector<byte>.Count);
            int quarter = Vector<float>.Count;
            Vector<short> low = Vector.Narrow(
                mapping.Grey(new Vector<float>(values)), mapping.Grey(new Vector<float>(values[quarter..])));
            Vector<short> high = Vector.Narrow(
                mapping.Grey(new Vector<float>(values[(2 * quarter)..])),
                mapping.Grey(new Vector<float>(values[(3 * quarter)..])));
            Vector.Narrow(low.As<short, ushort>(), high.As<short, ushort>()).CopyTo(grey[i..]);
        }
        for (; i < plane.Length; i++)
            grey[i] = mapping.Grey(plane[i]);
    }

    /// <summary>Maps values to red, green, blue and alpha 255; NaN to magenta, the rest to grey.</summary>
    /// <param name="plane">The values.</param>
    /// <param name="range">What <see cref="PlaneRange.Of"/> gave for the whole plane.</param>
    /// <param name="rgba">Four bytes for each value.</param>
    public static void ToRgba(ReadOnlySpan<float> plane, PlaneRange range, Span<byte> rgba)
    {
        Span<byte> grey = stackalloc byte[Chunk];
        for (int start = 0; start < plane.Length; start += Chunk)
        {
            ReadOnlySpan<float> values = plane.Slice(start, Math.Min(Chunk, plane.Length - start));
            ToGrey(values, range, grey);
            Span<byte> pixels = rgba.Slice(4 * start, 4 * values.Length);
            for (int i = 0; i < values.Length; i++)
            {
                bool nan = float.IsNaN(values[i]);
                pixels[4 * i] = nan ? (byte)255 : grey[i];
                pixels[4 * i + 1] = nan ? (byte)0 : grey[i];
                pixels[4 * i + 2] = nan ? (byte)255 : grey[i];
                pixels[4 * i + 3] = 255;
            }
        }
    }

    // The rule, for one value and for a vector of them. A constant plane divides 0 by 0: not more than 0, so black.
    private readonly struct Mapping
    {
        private readonly float _weight;
        private readonly float _min;
        private readonly float _span;

        public Mapping(PlaneRange range)
        {
            _weight = float.IsFinite(range.Max - range.Min) ? 1 : 0.5f;
            _min = range.Min * _weight;
            _span = range.Max * _weight - _min;
        }

        public byte Grey(float value)
        {
            float share = (value * _weight - _min) / _span;
            if (!(share > 0))
                return 0;
            return (byte)(255f * MathF.Min(share, 1) + 0.5f);
        }

        public Vector<int> Grey(Vector<float> value)
        {
            Vector<float> share = (value * _weight - new Vector<float>(_min)) / new Vector<float>(_span);
            share = Vector.ConditionalSelect(Vector.GreaterThan(share, Vector<float>.Zero), share, Vector<float>.Zero);
            share = Vector.Min(share, Vector<float>.One);
            return Vector.ConvertToInt32(share * 255f + new Vector<float>(0.5f));
        }
    }
}
