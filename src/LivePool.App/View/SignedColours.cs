using SkiaSharp;

namespace LivePool.App.View;

/// <summary>The signed colours of shaders/display/plane.frag: blue below 0, black at it, orange above.</summary>
internal static class SignedColours
{
    /// <summary>A value's colour; NaN is magenta.</summary>
    /// <param name="value">The value.</param>
    /// <param name="most">The magnitude that is brightest.</param>
    public static SKColor Of(double value, double most)
    {
        if (double.IsNaN(value))
            return SKColors.Magenta;
        double strength = most > 0 ? Math.Min(1, Math.Abs(value) / most) : 0;
        return value < 0 ? Scaled(0.27, 0.63, 1, strength) : Scaled(1, 0.58, 0.18, strength);
    }

    private static SKColor Scaled(double red, double green, double blue, double strength) =>
        new(Byte(red * strength), Byte(green * strength), Byte(blue * strength));

    private static byte Byte(double share) => (byte)(255 * share + 0.5);
}
