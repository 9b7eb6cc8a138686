using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LivePool.Frames;

/// <summary>Draws on Rgba32 pixels. Everything is clipped to the picture.</summary>
internal readonly ref struct Brush(Span<uint> pixels, int width, int height)
{
    private readonly Span<uint> _pixels = pixels;

    /// <summary>A curved leaf that grows upward from a root, row by row.</summary>
    public ref struct Leaf
    {
        public float RootX, RootY, Height, HalfWidth;

        /// <summary>Pixels that the tip stands aside: straight from the root on, and growing with the square of the height.</summary>
        public float Lean, Bend;

        public Tint Root, Tip;

        /// <summary>Brightness of the right half against the left's, 0 to 1.</summary>
        public float Shade;

        /// <summary>The part of the height, from the root, that nearer leaves hide and that is not drawn.</summary>
        public float Bare;

        /// <summary>Whether the upper part thickens to an ear of seeds.</summary>
        public bool HasEar;
    }

    /// <summary>One pixel over another, alpha 0 to 256; the result is opaque.</summary>
    public static uint Blend(uint under, uint over, int alpha)
    {
        // Differences may borrow from the channel above; the masks drop what is borrowed.
        var redBlue = under & 0xFF00FF;
        var green = under & 0x00FF00;
        redBlue = redBlue + (((over & 0xFF00FF) - redBlue) * (uint)alpha >> 8) & 0xFF00FF;
        green = green + (((over & 0x00FF00) - green) * (uint)alpha >> 8) & 0x00FF00;
        return 0xFF000000 | redBlue | green;
    }

    public void Draw(in Leaf leaf)
    {
        // From here on lengths are in 1/65536 pixel, and what is quadratic in the height grows by differences.
        var top = Math.Max(0, (int)MathF.Floor(leaf.RootY - leaf.Height) + 1);
        var first = Math.Min(height - 1, (int)MathF.Floor(leaf.RootY - leaf.Bare * leaf.Height));
        var step = 1 / leaf.Height;
        var t = (leaf.RootY - first - 0.5f) * step;
        if (t < 0)
            t = 0;
        var centre = ToFixed(leaf.RootX + t * (leaf.Lean + t * leaf.Bend));
        var slope = ToFixed(step * (leaf.Lean + leaf.Bend * (2 * t + step)));
        var curve = ToFixed(2 * leaf.Bend * step * step);
        var half = ToFixed(leaf.HalfWidth * (1 - t * t));
        var taper = ToFixed(-leaf.HalfWidth * step * (2 * t + step));
        var taperCurve = ToFixed(-2 * leaf.HalfWidth * step * step);
        var share = ToFixed(t);
        var shareStep = ToFixed(step);
        var lit = Spread(leaf.Root.Towards(leaf.Tip, t));
        var dark = Spread(leaf.Root.Towards(leaf.Tip, t) * leaf.Shade);
        var litStep = Spread((leaf.Tip + leaf.Root * -1) * step);
        var darkStep = Spread((leaf.Tip + leaf.Root * -1) * (step * leaf.Shade));
        for (var y = first; y >= top; y--)
        {
            var thickness = leaf.HasEar ? Ear(share, ToFixed(leaf.HalfWidth)) : half;
            DrawRow(y, centre, thickness, Math.Abs(slope), Gather(lit), Gather(dark));
            centre += slope;
            slope += curve;
            half += taper;
            taper += taperCurve;
            share += shareStep;
            lit += litStep;
            dark += darkStep;
        }
    }

    /// <summary>One row of a leaf: lit left of its centre, dark right of it, soft at both edges.</summary>
    private void DrawRow(int y, int centre, int half, int slope, uint lit, uint dark)
    {
        half += (int)((long)half * slope >> 17);
        // Where a leaf lies flat its edge is as soft as the way it goes in one row; a thin one is fainter instead.
        var soft = Math.Max(slope, One);
        var strength = 256;
        if (2 * half < soft)
        {
            strength = Math.Max(0, soft == One ? half >> 7 : (int)(((long)half << 9) / soft));
            half = soft / 2;
        }
        var reach = half + soft / 2;
        var left = Math.Max(0, centre - reach >> 16);
        var right = Math.Min(width - 1, centre + reach >> 16);
        var offset = (left << 16) + One / 2 - centre;
        var sharp = soft == One ? strength : (int)(((long)strength << 16) / soft);
        var x = left;
        // The lanes beyond the right end cover nothing and write back what they read; they only must not leave the picture.
        for (; Vector256.IsHardwareAccelerated && x <= right && y * width + x + 8 <= _pixels.Length; x += 8)
        {
            var lanes = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
            ref var eight = ref Unsafe.Add(ref MemoryMarshal.GetReference(_pixels), y * width + x);
            var offsets = Vector256.Create(offset) + lanes * One;
            var covers = (Vector256.Create(reach) - Vector256.Abs(offsets)) * sharp >> 16;
            covers = Vector256.Min(Vector256.Max(covers, Vector256<int>.Zero), Vector256.Create(strength));
            covers &= Vector256.LessThanOrEqual(lanes, Vector256.Create(right - x));
            var over = Vector256.ConditionalSelect(Vector256.LessThan(offsets, Vector256<int>.Zero).AsUInt32(),
                Vector256.Create(lit), Vector256.Create(dark));
            var under = Vector256.LoadUnsafe(ref eight);
            Blend(under, over, covers.AsUInt32()).StoreUnsafe(ref eight);
            offset += 8 * One;
        }
        for (; x <= right; x++)
        {
            var cover = Math.Clamp((reach - Math.Abs(offset)) * sharp >> 16, 0, strength);
            ref var pixel = ref Unsafe.Add(ref MemoryMarshal.GetReference(_pixels), y * width + x);
            pixel = Blend(pixel, offset < 0 ? lit : dark, cover);
            offset += One;
        }
    }

    private static Vector256<uint> Blend(Vector256<uint> under, Vector256<uint> over, Vector256<uint> alpha)
    {
        var (lanes, middle) = (Vector256.Create(0xFF00FFu), Vector256.Create(0x00FF00u));
        var redBlue = under & lanes;
        var green = under & middle;
        redBlue = redBlue + (((over & lanes) - redBlue) * alpha >> 8) & lanes;
        green = green + (((over & middle) - green) * alpha >> 8) & middle;
        return Vector256.Create(0xFF000000) | redBlue | green;
    }

    private const int One = 1 << 16;

    // The native conversion differs between machines only where a value does not fit, and these do.
    private static int ToFixed(float value) => float.ConvertToIntegerNative<int>(value * One);

    /// <summary>A colour, or a difference of colours, as three sums of 21 bits side by side.</summary>
    private static long Spread(Tint tint) =>
        ((long)float.ConvertToIntegerNative<int>(tint.Blue * 4096) << 42)
        + ((long)float.ConvertToIntegerNative<int>(tint.Green * 4096) << 21)
        + float.ConvertToIntegerNative<int>(tint.Red * 4096);

    private static uint Gather(long sums) =>
        0xFF000000 | (uint)(sums >> 54 & 255) << 16 | (uint)(sums >> 33 & 255) << 8 | (uint)(sums >> 12 & 255);

    /// <summary>Half the thickness of a stem with an ear: grains in five tiers above, thin below.</summary>
    private static int Ear(int share, int halfWidth)
    {
        var stem = halfWidth / 2;
        var q = (share - 46000) / 76;
        if (q is <= 0 or >= 256)
            return stem;
        var tier = q * 5 & 255;
        return stem + (int)((long)halfWidth * (q * (256 - q)) * (300 - tier / 2) >> 21);
    }

    /// <summary>A picture with its own transparency, its upper left corner at x, y.</summary>
    public void Draw(ReadOnlySpan<uint> sprite, int size, int x, int y)
    {
        int fromX = Math.Max(0, -x), toX = Math.Min(size, width - x);
        int fromY = Math.Max(0, -y), toY = Math.Min(size, height - y);
        for (var j = fromY; j < toY; j++)
        {
            for (var i = fromX; i < toX; i++)
            {
                var over = sprite[j * size + i];
                var alpha = (int)(over >> 24);
                if (alpha == 0)
                    continue;
                ref var pixel = ref _pixels[(y + j) * width + x + i];
                pixel = Blend(pixel, over, alpha + (alpha >> 7));
            }
        }
    }
}
