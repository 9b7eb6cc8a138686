using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

internal readonly struct ReluFunction : IPointwiseFunction
{
    public static TVector Apply<TVector>(TVector x, in PointwiseParameters p) where TVector : struct, IVector<TVector>
    {
        TVector zero = TVector.Create(0);
        return TVector.Select(TVector.Or(TVector.GreaterThan(x, zero), TVector.IsNaN(x)), x, zero);
    }
}

internal readonly struct LeakyReluFunction : IPointwiseFunction
{
    public static TVector Apply<TVector>(TVector x, in PointwiseParameters p) where TVector : struct, IVector<TVector> =>
        TVector.Select(TVector.GreaterThan(x, TVector.Create(0)), x, x * TVector.Create(p.A));
}

internal readonly struct AbsFunction : IPointwiseFunction
{
    public static TVector Apply<TVector>(TVector x, in PointwiseParameters p) where TVector : struct, IVector<TVector> =>
        TVector.Abs(x);
}

internal readonly struct SigmoidFunction : IPointwiseFunction
{
    public static TVector Apply<TVector>(TVector x, in PointwiseParameters p) where TVector : struct, IVector<TVector>
    {
        TVector one = TVector.Create(1);
        return one / (one + TVector.Exp(TVector.Create(0) - x));
    }
}

/// <summary>
/// The Cephes library's polynomial near 0, where 1 - e would cancel; elsewhere, with e = exp(-2|x|), which never
/// overflows, (1 - e) / (1 + e) and the sign of x.
/// </summary>
internal readonly struct TanhFunction : IPointwiseFunction
{
    private const float NearZero = 0.625f;

    public static TVector Apply<TVector>(TVector x, in PointwiseParameters p) where TVector : struct, IVector<TVector>
    {
        TVector one = TVector.Create(1);
        TVector magnitude = TVector.Abs(x);
        TVector e = TVector.Exp(TVector.Create(-2) * magnitude);
        TVector far = (one - e) / (one + e);
        far = TVector.Select(TVector.GreaterThan(TVector.Create(0), x), TVector.Create(0) - far, far);

        TVector square = x * x;
        TVector series = TVector.MultiplyAdd(TVector.Create(-5.70498872745e-3f), square, TVector.Create(2.06390887954e-2f));
        series = TVector.MultiplyAdd(series, square, TVector.Create(-5.37397155531e-2f));
        series = TVector.MultiplyAdd(series, square, TVector.Create(1.33314422036e-1f));
        series = TVector.MultiplyAdd(series, square, TVector.Create(-3.33332819422e-1f));
        TVector near = TVector.MultiplyAdd(x * square, series, x);
        return TVector.Select(TVector.GreaterThan(TVector.Create(NearZero), magnitude), near, far);
    }
}

internal readonly struct ClampFunction : IPointwiseFunction
{
    public static TVector Apply<TVector>(TVector x, in PointwiseParameters p) where TVector : struct, IVector<TVector>
    {
        TVector min = TVector.Create(p.A);
        TVector max = TVector.Create(p.B);
        TVector raised = TVector.Select(TVector.GreaterThan(min, x), min, x);
        return TVector.Select(TVector.GreaterThan(raised, max), max, raised);
    }
}

internal readonly struct ScaleOffsetFunction : IPointwiseFunction
{
    public static TVector Apply<TVector>(TVector x, in PointwiseParameters p) where TVector : struct, IVector<TVector> =>
        TVector.MultiplyAdd(x, TVector.Create(p.A), TVector.Create(p.B));
}
