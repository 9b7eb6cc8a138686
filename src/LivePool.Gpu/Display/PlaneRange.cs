using System.Numerics;
using System.Runtime.InteropServices;

namespace LivePool.Gpu.Display;

/// <summary>The values that show as black and as white.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct PlaneRange(float Min, float Max)
{
    /// <summary>The finite minimum and maximum of a plane on the CPU; 0 and 0 where nothing is finite.</summary>
    public static PlaneRange Of(ReadOnlySpan<float> plane)
    {
        float min = float.PositiveInfinity, max = float.NegativeInfinity;
        int i = 0;
        if (plane.Length >= Vector<float>.Count)
        {
            var mins = new Vector<float>(min);
            var maxs = new Vector<float>(max);
            var limit = new Vector<float>(float.MaxValue);
            for (; i <= plane.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                var x = new Vector<float>(plane[i..]);
                Vector<int> finite = Vector.LessThanOrEqual(Vector.Abs(x), limit);
                mins = Vector.ConditionalSelect(finite, Vector.Min(mins, x), mins);
                maxs = Vector.ConditionalSelect(finite, Vector.Max(maxs, x), maxs);
            }
            for (int lane = 0; lane < Vector<float>.Count; lane++)
            {
                min = MathF.Min(min, mins[lane]);
                max = MathF.Max(max, maxs[lane]);
            }
        }
        for (; i < plane.Length; i++)
        {
            if (!float.IsFinite(plane[i]))
                continue;
            min = MathF.Min(min, plane[i]);
            max = MathF.Max(max, plane[i]);
        }
        return min <= max ? new PlaneRange(min, max) : default;
    }
}
