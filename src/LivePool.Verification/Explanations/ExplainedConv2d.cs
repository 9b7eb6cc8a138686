using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification.Explanations;

internal static class ExplainedConv2d
{
    /// <param name="spec">The operator.</param>
    /// <param name="input">The input's shape.</param>
    /// <param name="image"><c>[Cin, H, W]</c>.</param>
    /// <param name="at">The output element.</param>
    public static Explanation Explain(Conv2d spec, TensorShape input, ReadOnlySpan<float> image, ElementPlace at)
    {
        Conv2dParameters p = spec.Bind(input);
        var kernel = new TensorShape(1, p.InputChannelsPerGroup, p.KernelHeight, p.KernelWidth);
        float[] weight = spec.Weight.Elements.Slice(at.C * kernel.Count, kernel.Count).ToArray();
        float? bias = spec.Bias?.Elements[at.C];
        int firstChannel = at.C / p.OutputChannelsPerGroup * p.InputChannelsPerGroup;
        int top = at.H * p.StrideHeight - p.PaddingTop;
        int left = at.W * p.StrideWidth - p.PaddingLeft;

        var taps = new Tap[kernel.Count];
        double sum = bias ?? 0;
        for (int i = 0; i < taps.Length; i++)
        {
            int channel = firstChannel + i / kernel.PlaneSize;
            (int kh, int kw) = (i / kernel.W % kernel.H, i % kernel.W);
            (int row, int column) = (top + kh * p.DilationHeight, left + kw * p.DilationWidth);
            Tap tap = TapAt(spec.PaddingMode, input, image, channel, row, column);
            double product = weight[i] * tap.X!.Value;
            sum += product;
            taps[i] = tap with { Kernel = (kh, kw), W = weight[i], Product = product };
        }

        string products = Explainer.Count(taps.Length, "product");
        return new(spec, input, spec.OutputShape(input), at)
        {
            Window =
            [
                $"kernel {spec.KernelSize}, stride {Explainer.Text(spec.Stride)}, padding {spec.Padding}{Mode(spec)}, " +
                $"dilation {Explainer.Text(spec.Dilation)}, groups {spec.Groups}",
                $"sees {Explainer.Range("row", top, top + (p.KernelHeight - 1) * p.DilationHeight + 1)}, " +
                $"{Explainer.Range("column", left, left + (p.KernelWidth - 1) * p.DilationWidth + 1)} of " +
                Explainer.Range("channel", firstChannel, firstChannel + kernel.C),
            ],
            Taps = taps,
            IsSum = true,
            ProductName = "w*x",
            Bias = bias,
            Terms =
            [
                new("bias", bias, bias is null ? "none" : "where the sum starts"),
                new("sum", sum, bias is null ? $"of {products}" : $"of the bias and {products}"),
            ],
            Exact = sum,
            Isolated = Isolate(weight, kernel, [.. taps.Select(tap => tap.X!.Value)], bias),
        };
    }

    /// <summary>A sum of products as a convolution of one window.</summary>
    public static IsolatedElement Isolate(float[] weight, TensorShape kernel, double[] x, float? bias) =>
        new(new Conv2d(new Tensor(kernel, weight), bias is { } value ? new Tensor(new(1, 1, 1, 1), [value]) : null), kernel, x);

    private static string Mode(Conv2d spec) =>
        spec.Padding == 0 || spec.PaddingMode == PaddingMode.Zeros ? "" : $" ({spec.PaddingMode.ToString().ToLowerInvariant()})";

    private static Tap TapAt(PaddingMode mode, TensorShape input, ReadOnlySpan<float> image, int channel, int row, int column)
    {
        int sourceRow = Source(mode, row, input.H);
        int sourceColumn = Source(mode, column, input.W);
        bool isInside = sourceRow == row && sourceColumn == column;
        bool isZero = sourceRow < 0 || sourceColumn < 0;
        float x = isZero ? 0 : image[channel * input.PlaneSize + sourceRow * input.W + sourceColumn];
        return new(isInside && !isZero ? TapPlace.Inside : TapPlace.Padding, channel, row, column, x)
        {
            Note = isZero ? "padding: 0" : isInside ? "" : $"padding: {Verb(mode)} row {sourceRow}, column {sourceColumn}",
        };
    }

    /// <summary>The position inside that stands at a position; -1 for a zero.</summary>
    public static int Source(PaddingMode mode, int position, int length) => mode switch
    {
        _ when position >= 0 && position < length => position,
        PaddingMode.Reflect => length - 1 - Math.Abs(length - 1 - Math.Abs(position)),
        PaddingMode.Replicate => Math.Clamp(position, 0, length - 1),
        PaddingMode.Circular => (position + length) % length,
        _ => -1,
    };

    private static string Verb(PaddingMode mode) => mode switch
    {
        PaddingMode.Reflect => "mirrors",
        PaddingMode.Replicate => "repeats",
        _ => "wraps around to",
    };
}
