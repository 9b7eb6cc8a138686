using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification.Explanations;

internal static class ExplainedConvTranspose2d
{
    /// <summary>What one axis of the kernel's taps meets at an output position: <c>(position + padding - k*d) / s</c>.</summary>
    private readonly record struct Axis(string Name, int Position, int Padding, int Stride, int Dilation, int Length)
    {
        public (TapPlace Place, int? Element, string Note) At(int k)
        {
            int distance = Position + Padding - k * Dilation;
            (int element, int rest) = Math.DivRem(distance, Stride);
            if (rest < 0)
                (element, rest) = (element - 1, rest + Stride);
            if (distance < 0 || element >= Length || (element == Length - 1 && rest > 0))
                return (TapPlace.Beyond, rest == 0 ? element : null, $"{(distance < 0 ? "before" : "after")} the input's {Name}s");
            return rest == 0
                ? (TapPlace.Inside, element, "")
                : (TapPlace.Between, null, $"{Name}s {element} and {element + 1}");
        }
    }

    /// <param name="spec">The operator.</param>
    /// <param name="input">The input's shape.</param>
    /// <param name="image"><c>[Cin, H, W]</c>.</param>
    /// <param name="at">The output element.</param>
    public static Explanation Explain(ConvTranspose2d spec, TensorShape input, ReadOnlySpan<float> image, ElementPlace at)
    {
        ConvTranspose2dParameters p = spec.Bind(input);
        float? bias = spec.Bias?.Elements[at.C];
        (int group, int filter) = Math.DivRem(at.C, p.OutputChannelsPerGroup);
        int firstChannel = group * p.InputChannelsPerGroup;
        var vertical = new Axis("row", at.H, p.PaddingTop, p.StrideHeight, p.DilationHeight, p.InputHeight);
        var horizontal = new Axis("column", at.W, p.PaddingLeft, p.StrideWidth, p.DilationWidth, p.InputWidth);

        var taps = new List<Tap>();
        var weights = new List<float>();
        double sum = bias ?? 0;
        for (int channel = firstChannel; channel < firstChannel + p.InputChannelsPerGroup; channel++)
        {
            ReadOnlySpan<float> plane = image.Slice(channel * input.PlaneSize, input.PlaneSize);
            ReadOnlySpan<float> weight = spec.Weight.Plane(channel, filter);
            // From the last tap to the first, so that the input's elements come in their order.
            for (int i = weight.Length - 1; i >= 0; i--)
            {
                (int kh, int kw) = Math.DivRem(i, p.KernelWidth);
                var tap = Meet(vertical.At(kh), horizontal.At(kw), channel) with { Kernel = (kh, kw), W = weight[i] };
                if (tap.IsInside)
                {
                    double x = plane[tap.Row!.Value * input.W + tap.Column!.Value];
                    double product = weight[i] * x;
                    sum += product;
                    tap = tap with { X = x, Product = product };
                    weights.Add(weight[i]);
                }
                taps.Add(tap);
            }
        }

        string products = Explainer.Count(weights.Count, "product");
        return new(spec, input, spec.OutputShape(input), at)
        {
            Window =
            [
                $"kernel {spec.KernelSize}, stride {Explainer.Text(spec.Stride)}, padding {spec.Padding}, " +
                $"dilation {Explainer.Text(spec.Dilation)}, groups {spec.Groups}",
                $"tap k of an element i lands on row {Lands(p.StrideHeight, p.DilationHeight, p.PaddingTop)}, " +
                $"column {Lands(p.StrideWidth, p.DilationWidth, p.PaddingLeft)}",
            ],
            Taps = taps,
            IsSum = true,
            ProductName = "w*x",
            Bias = bias,
            Terms =
            [
                new("bias", bias, bias is null ? "none" : "where the sum starts"),
                new("sum", sum, $"of {(bias is null ? "" : "the bias and ")}{products}; " +
                    $"{taps.Count - weights.Count} of {Explainer.Count(taps.Count, "tap")} meet no element"),
            ],
            Exact = sum,
            Isolated = Isolate([.. weights], [.. taps.Where(tap => tap.IsInside).Select(tap => tap.X!.Value)], bias),
        };
    }

    /// <summary>The tap where a row and a column cross.</summary>
    private static Tap Meet((TapPlace Place, int? Element, string Note) row, (TapPlace Place, int? Element, string Note) column, int channel)
    {
        // What lies beyond on one axis lies beyond; what is left lies between on one axis at least, or inside.
        TapPlace place = row.Place == TapPlace.Beyond || column.Place == TapPlace.Beyond ? TapPlace.Beyond
            : row.Place == TapPlace.Between ? TapPlace.Between
            : column.Place;
        return new(place, channel, row.Element, column.Element, null)
        {
            Note = place == TapPlace.Between
                ? $"between {string.Join(", ", ((string[])[row.Note, column.Note]).Where(note => note.Length > 0))}"
                : row.Place == TapPlace.Beyond ? row.Note
                : column.Place == TapPlace.Beyond ? column.Note
                : "",
        };
    }

    /// <summary><c>2i + 3k - 1</c>.</summary>
    private static string Lands(int stride, int dilation, int padding) =>
        $"{Times(stride)}i + {Times(dilation)}k{(padding == 0 ? "" : $" - {padding}")}";

    private static string Times(int factor) => factor == 1 ? "" : $"{factor}";

    /// <summary>The products as a convolution of one position; where nothing meets, of a 0.</summary>
    private static IsolatedElement Isolate(float[] weights, double[] x, float? bias) => weights.Length == 0
        ? ExplainedConv2d.Isolate([0], new(1, 1, 1, 1), [0], bias)
        : ExplainedConv2d.Isolate(weights, new(1, weights.Length, 1, 1), x, bias);
}
