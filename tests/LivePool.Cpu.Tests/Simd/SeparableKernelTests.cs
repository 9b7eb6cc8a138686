using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Cpu.Simd;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>Which kernels are a column times a row, and what the two promise.</summary>
public sealed class SeparableKernelTests
{
    private static float[] Product(float[] column, float[] row) => [.. column.SelectMany(_ => row, (c, r) => c * r)];

    private static float[] Gaussian(int length, double sigma) =>
        [.. Enumerable.Range(0, length).Select(i => (float)Math.Exp(-(i - length / 2) * (i - length / 2) / (2 * sigma * sigma)))];

    /// <summary>Rounded as a framework rounds it: the product, then the division by the sum.</summary>
    private static float[] NormalGaussian(int length, double sigma)
    {
        float[] kernel = Product(Gaussian(length, sigma), Gaussian(length, sigma));
        float sum = kernel.Sum();
        return Array.ConvertAll(kernel, weight => weight / sum);
    }

    public static TheoryData<string, float[], int> Separable { get; } = new()
    {
        { "box", [.. Enumerable.Repeat(1 / 49f, 49)], 7 },
        { "whole box", [.. Enumerable.Repeat(1f, 45)], 5 },
        { "Gaussian", Product(Gaussian(7, 1.3), Gaussian(9, 2.1)), 7 },
        { "normal Gaussian", NormalGaussian(11, 1.9), 11 },
        { "small Gaussian", Array.ConvertAll(NormalGaussian(7, 1.5), weight => weight * 1e-20f), 7 },
        { "Sobel", [1, 0, -1, 2, 0, -2, 1, 0, -1], 3 },
        { "binomial", Product([1, 6, 15, 20, 15, 6, 1], [-1, -6, -15, -20, -15, -6, -1]), 7 },
        { "common divisors", Product([6, -9, 15, 0, 3, 12], [10, -4, 6, 14, 0, -8, 2]), 6 },
        { "negative weights", Product([-0.1f, -0.7f, -0.3f, -0.2f, -0.9f, -0.4f], [0.3f, 0.1f, 0, 0.7f, 0.2f, 0.8f]), 6 },
        { "delta", [0, 0, 0, 0, 0, 0, 0, 1, 0], 3 },
    };

    [Theory]
    [MemberData(nameof(Separable))]
    public void A_column_times_a_row_is_found(string name, float[] kernel, int height)
    {
        int width = kernel.Length / height;
        float[] column = new float[height];
        float[] row = new float[width];

        Assert.True(SeparableKernel.TryFactor(kernel, column, row), name);

        bool isWhole = kernel.All(float.IsInteger);
        double allowed = isWhole ? 0 : Math.ScaleB(kernel.Length + 4 - (height + width + 1), -24);
        for (int i = 0; i < kernel.Length; i++)
        {
            double product = (double)column[i / width] * row[i % width];
            Assert.Equal(Math.Sign(kernel[i]), Math.Sign(product));
            Assert.True(Math.Abs(product - kernel[i]) <= allowed * Math.Abs(kernel[i]), $"{name}: weight {i} is {kernel[i]}, not {product}");
        }
        Assert.InRange(column.Sum(Math.Abs), 0.25f, 0.5f);
        Assert.InRange(row.Max(Math.Abs), 0, 1 << 22);
        if (isWhole)
        {
            // Whole numbers, but for a power of two that the row has and the column lacks.
            Assert.Contains(Enumerable.Range(-30, 60), exponent =>
                row.All(weight => float.IsInteger(MathF.ScaleB(weight, -exponent))) &&
                column.All(weight => float.IsInteger(MathF.ScaleB(weight, exponent))));
        }
    }

    public static TheoryData<string, float[], int> NotSeparable
    {
        get
        {
            float[] normal = NormalGaussian(7, 1.5);
            float[] whole = Product([1, 6, 15, 20, 15, 6, 1], [1, 6, 15, 20, 15, 6, 1]);
            return new()
            {
                { "edge24", ((Conv2d)PipelinePresets.Load("edge24").Stages[0]).Weight.Plane(0, 0).ToArray(), 5 },
                { "beyond the bound", With(normal, 0, normal[0] * (1 + 60f / (1 << 24))), 7 },
                { "a weight of 0", With(normal, 3, 0), 7 },
                { "no weight of 0", With(Product([1.5f, 0, 2], [0.1f, 0.2f, 0.3f]), 4, 1e-45f), 3 },
                { "another sign", With(normal, 48, -normal[48]), 7 },
                { "whole and one off", With(whole, 24, 401), 7 },
                // Near enough for the bound, but whole numbers have none.
                { "whole, large and one off", With([.. Enumerable.Repeat(20000f, 1600)], 0, 20001), 40 },
                { "whole with a rank of 2", [3, 1, 1, 3], 2 },
                { "large", Product([1 << 15, 1 << 14, 1, 1, 1, 1], [1 << 15, 1, 1, 1, 1, 1]), 6 },
                { "row beyond 2^22", Product([1, 1, 1, 1, 1, 1], [1 << 20, 0.3f, 1, 1, 1, 1]), 6 },
                { "few digits below 2^-126", Array.ConvertAll(normal, weight => weight * 1e-40f), 7 },
                { "zeros", new float[49], 7 },
                { "infinity", With(normal, 0, float.PositiveInfinity), 7 },
                { "NaN", With(normal, 48, float.NaN), 7 },
            };
        }
    }

    private static float[] With(float[] kernel, int index, float weight)
    {
        float[] other = [.. kernel];
        other[index] = weight;
        return other;
    }

    [Theory]
    [MemberData(nameof(NotSeparable))]
    public void Anything_else_is_refused(string name, float[] kernel, int height) =>
        Assert.False(SeparableKernel.TryFactor(kernel, new float[height], new float[kernel.Length / height]), name);
}
