using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Verification;

namespace LivePool.Oracle.Tests;

/// <summary>ONNX Runtime's float32 result against the reference in double.</summary>
internal static class OracleCheck
{
    private const double U = ErrorBound.RoundToNearest;
    private const double SmallestNormal = 1.1754943508222875e-38;

    private static readonly ReferenceOperators _reference = new();

    /// <summary>Fails where the two differ by more than float32's error bound; whole numbers must be equal.</summary>
    public static void Check(OracleCase item)
    {
        float[] x = item.MakeInput();
        double[] wide = Array.ConvertAll(x, value => (double)value);
        TensorShape shape = item.Spec.OutputShape(item.Input);
        double[] exact = new double[shape.Count];
        long[] indices = new long[item.Spec.ReturnsIndices ? shape.Count : 0];
        _reference.Evaluate(item.Spec, item.Input, wide, exact, indices);

        OnnxResult got = OnnxSession.Run(OnnxTranslation.Translate(item.Spec, item.Input, x));

        Assert.Equal([shape.N, shape.C, shape.H, shape.W], got.Dimensions);
        double[]? magnitudes = Magnitudes(item, wide, shape);
        for (int i = 0; i < exact.Length; i++)
        {
            // ONNX does not say what a window without an element is; ONNX Runtime has the lowest finite number there.
            if (double.IsNegativeInfinity(exact[i]))
                continue;
            double element = wide.Length == exact.Length ? wide[i] : 0;
            double bound = IsExact(item) ? 0 : Bound(item, exact[i], magnitudes?[i] ?? 0, element);
            if (!(Math.Abs(got.Elements[i] - exact[i]) <= bound))
                Assert.Fail($"element {i} of {shape}: ONNX Runtime has {got.Elements[i]:R}, the reference {exact[i]:R}; bound {bound:G3}");
            if (indices.Length == 0)
                continue;
            long index = got.Indices[i] - (long)(i / shape.PlaneSize) * item.Input.PlaneSize;
            if (index != indices[i])
                Assert.Fail($"index {i} of {shape}: ONNX Runtime has {index}, the reference {indices[i]}");
        }
    }

    /// <summary>
    /// Fails where ONNX Runtime in double differs by more than the roundings of two exponential functions. In float32 it
    /// approximates sigmoid and tanh by quotients of polynomials, whose small results have no relative accuracy.
    /// </summary>
    public static void CheckInDouble(OracleCase item)
    {
        double[] x = Array.ConvertAll(item.MakeInput(), value => (double)value);
        double[] exact = new double[x.Length];
        _reference.Evaluate(item.Spec, item.Input, x, exact, []);

        OnnxResult got = OnnxSession.Run(OnnxTranslation.Translate(item.Spec, item.Input, x));

        for (int i = 0; i < exact.Length; i++)
        {
            // Of a negative x it makes 1 - sigmoid(-x), which has the roundings of a number near 1.
            double size = item.Spec is Pointwise { Function: PointwiseFunction.Sigmoid } ? 1 : Math.Abs(exact[i]);
            if (!(Math.Abs(got.Elements[i] - exact[i]) <= 1e-15 * size))
                Assert.Fail($"element {i}: of {x[i]:R} ONNX Runtime makes {got.Elements[i]:R}, the reference {exact[i]:R}");
        }
    }

    /// <summary>Selections and copies; sums of at most 100 products of whole numbers, of which float32 holds every part.</summary>
    private static bool IsExact(OracleCase item) => item.Spec switch
    {
        MaxPool2d or AdaptiveMaxPool2d or MaxUnpool2d => true,
        Conv2d or ConvTranspose2d => item.IsWhole,
        _ => ErrorBound.IsExact(item.Spec),
    };

    private static double Bound(OracleCase item, double exact, double magnitude, double x) => item.Spec switch
    {
        ConvTranspose2d conv => OfSum(item.Input.C / conv.Groups * conv.Weight.Shape.PlaneSize, magnitude),
        AdaptiveAvgPool2d => OfSum(item.Input.PlaneSize, magnitude),
        // No term is negative: each power within 2 ULP, n additions, 1/p of that after the root, and 2 ULP of the root.
        LpPool2d pool => ErrorBound.Gamma(pool.KernelSize.Height * pool.KernelSize.Width + 8, U) * exact + SmallestNormal,
        _ => ErrorBound.Of(item.Spec, U, exact, magnitude, x),
    };

    private static double OfSum(int terms, double magnitude) => ErrorBound.Gamma(terms + 4, U) * magnitude + terms * SmallestNormal;

    /// <summary>Each output's <c>sum|w*x|</c>, by the operator with absolute weights on absolute values.</summary>
    private static double[]? Magnitudes(OracleCase item, double[] x, TensorShape shape)
    {
        OperatorSpec? spec = item.Spec switch
        {
            ConvTranspose2d conv => conv with { Weight = Absolute(conv.Weight), Bias = conv.Bias is null ? null : Absolute(conv.Bias) },
            AdaptiveAvgPool2d pool => pool,
            OperatorSpec other => ErrorBound.Magnitude(other),
        };
        if (spec is null)
            return null;
        double[] magnitudes = new double[shape.Count];
        _reference.Evaluate(spec, item.Input, Array.ConvertAll(x, Math.Abs), magnitudes, []);
        return magnitudes;
    }

    private static Tensor Absolute(Tensor tensor) => new(tensor.Shape, Array.ConvertAll(tensor.Elements.ToArray(), Math.Abs));
}
