using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Verification;

namespace LivePool.Oracle.Tests;

/// <summary>ONNX Runtime's float32 result against the reference in double.</summary>
internal static class OracleCheck
{
    private static readonly ReferenceOperators _reference = new();

    /// <summary>Fails where the two differ by more than float32's error bound, which is 0 for selections and whole numbers.</summary>
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
        OutputBounds bounds = OutputBounds.Create(_reference, item.Spec, item.Input, wide, exact, ErrorBound.RoundToNearest);
        for (int i = 0; i < exact.Length; i++)
        {
            // ONNX does not say what a window without an element is; ONNX Runtime has the lowest finite number there.
            if (double.IsNegativeInfinity(exact[i]))
                continue;
            // lp_pool2d's bounds are a range of its own, made from the input: what the reference has must be in it too.
            double below = bounds.Bound(i, double.NegativeInfinity);
            double above = bounds.Bound(i, double.PositiveInfinity);
            double bound = below >= 0 && above >= 0 ? bounds.Bound(i, got.Elements[i]) : double.NaN;
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
}
