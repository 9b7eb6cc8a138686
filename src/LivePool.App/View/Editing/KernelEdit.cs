using System.Collections.Immutable;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.App.View.Editing;

/// <summary>A kernel of a convolution in a pipeline.</summary>
/// <param name="Stage">The stage, from 0.</param>
/// <param name="Channel">The output channel.</param>
/// <param name="Input">The input channel, within its group.</param>
internal readonly record struct KernelPlace(int Stage, int Channel, int Input);

/// <summary>Changes to one kernel; each gives another pipeline, whose other kernels are as before.</summary>
internal static class KernelEdit
{
    /// <summary>Rows and columns, at most.</summary>
    public const int MostSize = 15;

    /// <summary>The kernels of a pipeline, in order.</summary>
    public static IEnumerable<KernelPlace> Places(Pipeline pipeline)
    {
        for (int stage = 0; stage < pipeline.Stages.Length; stage++)
        {
            if (pipeline.Stages[stage] is not Conv2d conv)
                continue;
            for (int channel = 0; channel < conv.Weight.Shape.N; channel++)
            {
                for (int input = 0; input < conv.Weight.Shape.C; input++)
                    yield return new(stage, channel, input);
            }
        }
    }

    /// <summary>A copy of a kernel, [rows, columns].</summary>
    public static float[,] Of(Pipeline pipeline, KernelPlace place)
    {
        Tensor weight = WeightOf(pipeline, place);
        var kernel = new float[weight.Shape.H, weight.Shape.W];
        ReadOnlySpan<float> plane = weight.Plane(place.Channel, place.Input);
        for (int i = 0; i < plane.Length; i++)
            kernel[i / weight.Shape.W, i % weight.Shape.W] = plane[i];
        return kernel;
    }

    /// <summary>Puts a kernel in the place of another. Where it has another size, so have all of the stage: they are cut or
    /// filled with zeros about the middle.</summary>
    public static Pipeline With(Pipeline pipeline, KernelPlace place, float[,] kernel)
    {
        var conv = (Conv2d)pipeline.Stages[place.Stage];
        TensorShape former = conv.Weight.Shape, shape = former with { H = kernel.GetLength(0), W = kernel.GetLength(1) };
        var weight = new Tensor(shape);
        for (int n = 0; n < shape.N; n++)
        {
            for (int c = 0; c < shape.C; c++)
            {
                float[,] source = (n, c) == (place.Channel, place.Input) ? kernel : Resized(Of(pipeline, new(place.Stage, n, c)), shape.H, shape.W);
                Span<float> plane = weight.Plane(n, c);
                for (int i = 0; i < plane.Length; i++)
                    plane[i] = source[i / shape.W, i % shape.W];
            }
        }
        ImmutableArray<OperatorSpec> stages = pipeline.Stages.SetItem(place.Stage, conv with { Weight = weight });
        return pipeline with { Stages = stages };
    }

    public static float[,] WithCell(float[,] kernel, int row, int column, float value)
    {
        var changed = (float[,])kernel.Clone();
        changed[row, column] = value;
        return changed;
    }

    /// <summary>Another size about the same middle.</summary>
    public static float[,] Resized(float[,] kernel, int rows, int columns)
    {
        (int top, int left) = (rows / 2 - kernel.GetLength(0) / 2, columns / 2 - kernel.GetLength(1) / 2);
        return Map(rows, columns, (row, column) =>
            (uint)(row - top) < (uint)kernel.GetLength(0) && (uint)(column - left) < (uint)kernel.GetLength(1) ? kernel[row - top, column - left] : 0);
    }

    /// <summary>Divided by its sum; as it is where that is 0 or not finite.</summary>
    public static float[,] Normalised(float[,] kernel)
    {
        double sum = Sum(kernel);
        return sum == 0 || !double.IsFinite(sum) ? kernel : Map(kernel, (row, column) => (float)(kernel[row, column] / sum));
    }

    public static float[,] FlippedAcross(float[,] kernel) => Map(kernel, (row, column) => kernel[row, kernel.GetLength(1) - 1 - column]);

    public static float[,] FlippedDown(float[,] kernel) => Map(kernel, (row, column) => kernel[kernel.GetLength(0) - 1 - row, column]);

    public static float[,] Transposed(float[,] kernel) => Map(kernel.GetLength(1), kernel.GetLength(0), (row, column) => kernel[column, row]);

    /// <summary>A quarter turn to the right.</summary>
    public static float[,] Rotated(float[,] kernel) =>
        Map(kernel.GetLength(1), kernel.GetLength(0), (row, column) => kernel[kernel.GetLength(0) - 1 - column, row]);

    /// <summary>As <c>nn.Conv2d(1, 1, size)</c> has it after <c>torch.manual_seed(seed)</c>.</summary>
    public static float[,] Randomised(float[,] kernel, int seed)
    {
        (int rows, int columns) = (kernel.GetLength(0), kernel.GetLength(1));
        Tensor drawn = new PyTorchInitializer(seed).Uniform(new(1, 1, rows, columns), kernel.Length);
        return Map(kernel, (row, column) => drawn.Elements[row * columns + column]);
    }

    /// <summary>The sum of its weights, what it makes of a picture of ones.</summary>
    public static double Sum(float[,] kernel)
    {
        double sum = 0;
        foreach (float w in kernel)
            sum += w;
        return sum;
    }

    private static Tensor WeightOf(Pipeline pipeline, KernelPlace place) => ((Conv2d)pipeline.Stages[place.Stage]).Weight;

    private static float[,] Map(float[,] like, Func<int, int, float> value) => Map(like.GetLength(0), like.GetLength(1), value);

    private static float[,] Map(int rows, int columns, Func<int, int, float> value)
    {
        var mapped = new float[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                mapped[row, column] = value(row, column);
        }
        return mapped;
    }
}
