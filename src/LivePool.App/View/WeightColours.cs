using LivePool.Gpu.Display;
using SkiaSharp;

namespace LivePool.App.View;

/// <summary>The pictures' signed colours, for what Skia draws.</summary>
internal static class WeightColours
{
    /// <summary>A value's colour; NaN is magenta.</summary>
    /// <param name="value">The value.</param>
    /// <param name="most">The magnitude that is brightest.</param>
    public static SKColor Of(double value, double most)
    {
        if (double.IsNaN(value))
            return SKColors.Magenta;
        double strength = most > 0 ? Math.Min(1, Math.Abs(value) / most) : 0;
        return Scaled(value < 0 ? SignedColours.Below : SignedColours.Above, strength);
    }

    private static SKColor Scaled((float Red, float Green, float Blue) colour, double strength) =>
        new(Byte(colour.Red * strength), Byte(colour.Green * strength), Byte(colour.Blue * strength));

    private static byte Byte(double share) => (byte)(255 * share + 0.5);
}
