using System.Runtime.InteropServices;

namespace LivePool.Gpu.Display;

/// <summary>The values that show as black and as white.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct PlaneRange(float Min, float Max)
{
    /// <summary>The finite minimum and maximum of a plane on the CPU; 0 and 0 where nothing is finite.</summary>
    public static PlaneRange Of(ReadOnlySpan<float> plane)
    {
        float min = float.PositiveInfinity;
        float max = float.NegativeInfinity;
        foreach (float value in plane)
        {
            if (!float.IsFinite(value))
                continue;
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }
        return min > max ? default : new(min, max);
    }
}
