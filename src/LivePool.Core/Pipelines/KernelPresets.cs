namespace LivePool.Core.Pipelines;

/// <summary>Named convolution kernels: the values that <c>"weight": "sobel"</c> stands for.</summary>
public static class KernelPresets
{
    private static readonly Dictionary<string, float[][,]> _kernels = new(StringComparer.Ordinal)
    {
        // The example that started the project: the sum is 0, so flat areas vanish and detail stays.
        ["edge24"] = [Surround(5, -1, 24)],
        ["sobel"] =
        [
            new float[,] { { -1, 0, 1 }, { -2, 0, 2 }, { -1, 0, 1 } },
            new float[,] { { -1, -2, -1 }, { 0, 0, 0 }, { 1, 2, 1 } },
        ],
        ["scharr"] =
        [
            new float[,] { { -3, 0, 3 }, { -10, 0, 10 }, { -3, 0, 3 } },
            new float[,] { { -3, -10, -3 }, { 0, 0, 0 }, { 3, 10, 3 } },
        ],
        ["gaussian"] = [Binomial5()],
        ["sharpen"] = [new float[,] { { 0, -1, 0 }, { -1, 5, -1 }, { 0, -1, 0 } }],
        ["emboss"] = [new float[,] { { -2, -1, 0 }, { -1, 1, 1 }, { 0, 1, 2 } }],
        ["outline"] = [Surround(3, -1, 8)],
        ["identity"] = [Surround(3, 0, 1)],
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => _kernels.Keys;

    /// <summary>The kernels of a name, each <c>[kH, kW]</c>, or null where the name is unknown.</summary>
    public static IReadOnlyList<float[,]>? Find(string name) => _kernels.GetValueOrDefault(name);

    private static float[,] Surround(int size, float around, float centre)
    {
        var kernel = new float[size, size];
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
                kernel[y, x] = y == size / 2 && x == size / 2 ? centre : around;
        }
        return kernel;
    }

    private static float[,] Binomial5()
    {
        ReadOnlySpan<float> row = [1, 4, 6, 4, 1];
        var kernel = new float[5, 5];
        for (int y = 0; y < 5; y++)
        {
            for (int x = 0; x < 5; x++)
                kernel[y, x] = row[y] * row[x] / 256;
        }
        return kernel;
    }
}
