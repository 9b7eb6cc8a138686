using System.Numerics;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>
/// How far a float32 result may be from the exact one, derived, never tuned. For a sum of n terms every order of
/// summation, with or without fused multiply-add, stays within <c>gamma(n + 4) * sum|w*x| + n * 2^-126</c>, where
/// <c>gamma(m) = m*u / (1 - m*u)</c> (Higham, Accuracy and Stability of Numerical Algorithms, chapter 3). The 4 covers
/// the bias and a GLSL division, the last term results that underflow. <see cref="OutputBounds"/> applies it to a whole
/// output.
/// </summary>
public static class ErrorBound
{
    /// <summary>Half a unit in the last place of float32 with round to nearest: 2^-24.</summary>
    public const double RoundToNearest = 1.0 / (1 << 24);

    /// <summary>The unit for a GPU, whose rounding GLSL leaves undefined: 2^-23.</summary>
    public const double AnyRounding = 1.0 / (1 << 23);

    internal const double SmallestNormal = 1.1754943508222875e-38;

    /// <summary>Higham's gamma: the relative error of <paramref name="roundings"/> roundings of unit <paramref name="u"/>.</summary>
    /// <remarks>Infinite from 1/u roundings on: of so long a sum, nothing follows.</remarks>
    public static double Gamma(int roundings, double u) =>
        roundings * u < 1 ? roundings * u / (1 - roundings * u) : double.PositiveInfinity;

    /// <summary>Whether the operator only selects or copies, so that its result must be equal.</summary>
    public static bool IsExact(OperatorSpec spec) => spec switch
    {
        MaxPool2d or MaxUnpool2d or IntervalPool2d { IsMaximum: true } => true,
        Pointwise { Function: PointwiseFunction.Relu or PointwiseFunction.Abs or PointwiseFunction.Clamp } => true,
        _ => false,
    };

    /// <summary>The most terms that an output's sum has.</summary>
    public static int Terms(OperatorSpec spec, TensorShape input) => spec switch
    {
        Conv2d conv => conv.Weight.Shape.C * conv.Weight.Shape.PlaneSize,
        ConvTranspose2d conv => conv.Weight.Shape.N / conv.Groups *
            MeetingTaps(conv.KernelSize.Height, conv.Stride.Height, conv.Dilation.Height) *
            MeetingTaps(conv.KernelSize.Width, conv.Stride.Width, conv.Dilation.Width),
        // A window beyond the input has no more terms than the input has elements.
        AvgPool2d pool => Math.Min(pool.KernelSize.Height, input.H) * Math.Min(pool.KernelSize.Width, input.W),
        LpPool2d pool => Math.Min(pool.KernelSize.Height, input.H) * Math.Min(pool.KernelSize.Width, input.W),
        IntervalPool2d { IsMaximum: false } pool => pool.Intervals(input).LargestArea,
        Pointwise { Function: PointwiseFunction.ScaleOffset or PointwiseFunction.Normalize } => 2,
        _ => 1,
    };

    /// <summary>
    /// How many of a transposed kernel's taps can meet in one output: those whose distance is a multiple of the stride.
    /// </summary>
    private static int MeetingTaps(int kernel, int stride, int dilation)
    {
        int apart = stride / (int)BigInteger.GreatestCommonDivisor(stride, dilation);
        return (kernel + apart - 1) / apart;
    }

    /// <summary>
    /// The operator whose exact result is each output's <c>sum|w*x|</c> when it is given <c>|x|</c>; null where the
    /// bound follows from input and output alone.
    /// </summary>
    public static OperatorSpec? Magnitude(OperatorSpec spec) => spec switch
    {
        Conv2d conv => conv with { Weight = Absolute(conv.Weight)!, Bias = Absolute(conv.Bias) },
        ConvTranspose2d conv => conv with { Weight = Absolute(conv.Weight)!, Bias = Absolute(conv.Bias) },
        AvgPool2d { DivisorOverride: < 0 } pool => pool with { DivisorOverride = -pool.DivisorOverride },
        AvgPool2d or IntervalPool2d { IsMaximum: false } => spec,
        Pointwise { Function: PointwiseFunction.ScaleOffset } pointwise =>
            Pointwise.ScaleOffset(Math.Abs(pointwise.A), Math.Abs(pointwise.B)),
        _ => null,
    };

    /// <summary>The bound of one output.</summary>
    /// <param name="spec">The operator; not lp_pool2d, whose bound depends on each of its elements.</param>
    /// <param name="u">The rounding unit: <see cref="RoundToNearest"/> or <see cref="AnyRounding"/>.</param>
    /// <param name="terms">The operator's <see cref="Terms"/>.</param>
    /// <param name="exact">The exact output.</param>
    /// <param name="magnitude">The output of <see cref="Magnitude"/>, where there is one.</param>
    /// <param name="x">The input element, for pointwise operators.</param>
    public static double Of(OperatorSpec spec, double u, int terms, double exact, double magnitude, double x) => spec switch
    {
        Pointwise { Function: PointwiseFunction.Sigmoid } => Sigmoid(exact, x),
        Pointwise { Function: PointwiseFunction.Tanh } => Tanh(exact, x),
        Pointwise { Function: PointwiseFunction.LeakyRelu } => x > 0 ? 0 : Gamma(1, u) * Math.Abs(exact) + SmallestNormal,
        Pointwise { Function: PointwiseFunction.Normalize } => Gamma(6, u) * Math.Abs(exact) + 2 * SmallestNormal,
        _ when IsExact(spec) => 0,
        _ => OfSum(terms, u) * magnitude + terms * SmallestNormal,
    };

    /// <summary>
    /// Gamma of a sum's roundings; from 1/u terms on, where gamma says nothing, their number times u, which holds for sums of
    /// any length (Rump, Error estimation of floating-point summation and dot product, 2012).
    /// </summary>
    internal static double OfSum(int terms, double u)
    {
        double gamma = Gamma(terms + 4, u);
        return double.IsFinite(gamma) ? gamma : (terms + 4) * u;
    }

    /// <summary>
    /// GLSL 4.60, section 4.7.1: exp(x) within 3 + 2|x| ULP, a division within 2.5 ULP. The error of exp enters
    /// 1 / (1 + exp(-x)) times s(1 - s); addition and division add 4 ULP at most.
    /// </summary>
    private static double Sigmoid(double s, double x)
    {
        // exp of an infinity is exact.
        double fromExp = double.IsInfinity(x) ? 0 : (1 - s) * (3 + 2 * Math.Abs(x));
        return s * (fromExp + 4) * AnyRounding + SmallestNormal;
    }

    /// <summary>
    /// tanh has no bound of its own in GLSL. Below 0.625, where 1 - exp(-2|x|) would cancel, an implementation must keep
    /// its relative accuracy: 4 ULP leave room for a polynomial's truncation and roundings. Above, with e = exp(-2|x|)
    /// within 3 + 4|x| ULP, the error of e enters (1 - e)/(1 + e) times 2/(1 + e)^2; subtraction, addition and division
    /// add 4.5 ULP at most.
    /// </summary>
    private static double Tanh(double t, double x)
    {
        double e = Math.Exp(-2 * Math.Abs(x));
        double fromExp = e == 0 || Math.Abs(x) < 0.625 ? 0 : 2 * e / ((1 + e) * (1 + e)) * (3 + 4 * Math.Abs(x));
        return (fromExp + (Math.Abs(x) < 0.625 ? 4 : 4.5) * Math.Abs(t)) * AnyRounding + SmallestNormal;
    }

    /// <summary>
    /// The relative error of x^y in float32. A whole y of up to 8 is that many multiplications, and where it is negative a
    /// reciprocal, which may take two divisions (2.5 ULP each); a square root is within 4.5 ULP, because GLSL may take it for 1/inversesqrt. Everything else
    /// is GLSL 4.60's pow, exp2(y * log2(x)): log2 within 3 ULP, and within 2^-21 between 0.5 and 2; exp2(t) within
    /// 3 + 2|t| ULP; the product is rounded once.
    /// </summary>
    /// <param name="x">The base, in exact value not negative.</param>
    /// <param name="y">The exponent.</param>
    /// <param name="u">The rounding unit of the multiplications.</param>
    public static double Power(double x, double y, double u)
    {
        if (y == 1 || x == 0 || !double.IsFinite(x))
            return 0;
        if (y == 0.5)
            return 4.5 * AnyRounding;
        if (y == Math.Floor(y) && Math.Abs(y) <= 8)
            return Gamma((int)Math.Abs(y), u) + (y < 0 ? 5 * AnyRounding : 0);
        double log = Math.Abs(Math.Log2(x));
        double t = Math.Abs(y) * log;
        double logError = x is >= 0.5 and <= 2 ? 1.0 / (1 << 21) : 3 * AnyRounding * log;
        double exponentError = Math.Abs(y) * logError + t * AnyRounding;
        return Math.Exp(exponentError * Math.Log(2)) * (1 + (3 + 2 * t) * AnyRounding) - 1;
    }

    private static Tensor? Absolute(Tensor? tensor)
    {
        if (tensor is null)
            return null;
        var absolute = new Tensor(tensor.Shape);
        for (int i = 0; i < absolute.Elements.Length; i++)
            absolute.Elements[i] = Math.Abs(tensor.Elements[i]);
        return absolute;
    }
}
