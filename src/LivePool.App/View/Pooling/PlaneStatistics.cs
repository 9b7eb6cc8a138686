using System.Numerics;
using LivePool.Core.Tensors;

namespace LivePool.App.View.Pooling;

/// <summary>Sums over planes, float32 within a few thousand elements and double beyond.</summary>
internal static class PlaneStatistics
{
    private const int Chunk = 4096;

    /// <summary><c>RMS(a - b)</c> of as many elements.</summary>
    public static double RootMeanSquareDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        Math.Sqrt(SquaredDifferences(a, b) / a.Length);

    /// <summary><c>RMS(x - mean(x))</c>, the mean of each plane by itself.</summary>
    public static double Deviation(ReadOnlySpan<float> elements, TensorShape shape)
    {
        double sum = 0;
        for (int plane = 0; plane < shape.Planes; plane++)
            sum += SquaredDeviations(elements.Slice(plane * shape.PlaneSize, shape.PlaneSize));
        return Math.Sqrt(sum / elements.Length);
    }

    /// <summary><c>change / deviation</c>: 0 where there is no change, infinite where a flat picture has one.</summary>
    public static double RelativeChange(double change, double deviation) => change == 0 ? 0 : change / deviation;

    /// <summary>
    /// The mean of <c>((x[r, c+1] - x[r, c]) / stepX)^2</c> plus that of <c>((x[r+1, c] - x[r, c]) / stepY)^2</c>; a plane of one
    /// column or row has none of one kind.
    /// </summary>
    public static double Sharpness(ReadOnlySpan<float> elements, TensorShape shape, double stepX, double stepY)
    {
        double across = 0;
        double down = 0;
        for (int i = 0; i < shape.Planes; i++)
        {
            ReadOnlySpan<float> plane = elements.Slice(i * shape.PlaneSize, shape.PlaneSize);
            down += SquaredDifferences(plane[shape.W..], plane[..^shape.W]);
            for (int row = 0; row < shape.H; row++)
            {
                ReadOnlySpan<float> line = plane.Slice(row * shape.W, shape.W);
                across += SquaredDifferences(line[1..], line[..^1]);
            }
        }
        return Mean(across, shape.Planes * (long)shape.H * (shape.W - 1)) / (stepX * stepX)
            + Mean(down, shape.Planes * (long)shape.W * (shape.H - 1)) / (stepY * stepY);
    }

    private static double Mean(double sum, long count) => count == 0 ? 0 : sum / count;

    private static double SquaredDifferences(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double total = 0;
        for (int start = 0; start < a.Length; start += Chunk)
        {
            int end = Math.Min(a.Length, start + Chunk);
            Vector<float> lanes = default;
            int i = start;
            for (; i <= end - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector<float> difference = new Vector<float>(a[i..]) - new Vector<float>(b[i..]);
                lanes += difference * difference;
            }
            float sum = Vector.Sum(lanes);
            for (; i < end; i++)
                sum += (a[i] - b[i]) * (a[i] - b[i]);
            total += sum;
        }
        return total;
    }

    /// <summary>The sum of <c>(x - mean)^2</c>: the mean in double first, so that a flat plane has exactly 0.</summary>
    private static double SquaredDeviations(ReadOnlySpan<float> plane)
    {
        double sum = 0;
        foreach (float x in plane)
            sum += x;
        double mean = sum / plane.Length, squares = 0;
        foreach (float x in plane)
            squares += (x - mean) * (x - mean);
        return squares;
    }
}
