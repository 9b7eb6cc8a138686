using System.Globalization;
using LivePool.App.Reports;
using LivePool.Core.Tensors;

namespace LivePool.App.Lab;

/// <summary>How the outputs of two shaders differ.</summary>
internal static class LabDifference
{
    /// <summary>One line for people: how many elements differ, by how much, and where most.</summary>
    public static string Describe(TensorShape shape, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        int different = 0;
        double worst = -1;
        int at = 0;
        for (int i = 0; i < a.Length; i++)
        {
            // NaN is as good as NaN.
            if (a[i].Equals(b[i]) || a[i] == b[i])
                continue;
            different++;
            double difference = Math.Abs((double)a[i] - b[i]);
            if (double.IsNaN(difference))
                difference = double.PositiveInfinity;
            if (difference > worst)
                (worst, at) = (difference, i);
        }
        int plane = at / shape.PlaneSize;
        return different == 0 ? $"all {Numbers.Count(a.Length)} values are equal" : string.Create(CultureInfo.InvariantCulture,
            $"{Numbers.Count(different)} of {Numbers.Count(a.Length)} values differ, most at [{plane / shape.C}, {plane % shape.C}, {at / shape.W % shape.H}, {at % shape.W}]: " +
            $"{a[at]:R} and {b[at]:R}");
    }
}
