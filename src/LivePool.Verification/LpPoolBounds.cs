using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>
/// The bounds of <c>lp_pool2d</c>. The sum of powers S is off by at most <c>E = sum of e_i |x_i^p| + gamma(n + 4) *
/// sum|x_i^p| + n * 2^-126</c> with <see cref="ErrorBound.Power"/>'s e_i, so that the result lies between the roots of the
/// scaled S - E and S + E, each with the root's own error. Where terms of one sign alone leave float32's range, the root of
/// that infinity may come out as well, and NaN where both signs may, or where the sum may be negative and has no root.
/// </summary>
internal sealed class LpPoolBounds : OutputBounds
{
    /// <param name="Low">The least result.</param>
    /// <param name="High">The greatest.</param>
    /// <param name="MayBeNaN">Whether NaN may come out.</param>
    /// <param name="Overflowed">What the root makes of a sum that overflows to +infinity; NaN where none can.</param>
    /// <param name="Underflowed">The same for -infinity.</param>
    /// <param name="IsCancelled">Whether the error reaches the sum itself.</param>
    private readonly record struct Range(
        double Low, double High, bool MayBeNaN, double Overflowed, double Underflowed, bool IsCancelled)
    {
        /// <summary>A result that is beyond 1/Low or 1/High: the reciprocal of a sum of either sign. Else null.</summary>
        public (double Negative, double Positive)? Beyond { get; init; }

        public bool Contains(double value) => value >= Low && value <= High;
    }

    /// <summary>The finite powers of one sign: the sum of their magnitudes, and of how far each may be off.</summary>
    private readonly record struct Part(double Sum, double Off)
    {
        public Part With(double magnitude, double off) => new(Sum + magnitude, Off + off);

        /// <summary>How far their sum in float32 may be off.</summary>
        public double Error(double gamma) => Off * (1 + gamma) + gamma * Sum;
    }

    private readonly double[] _expected;
    private readonly Range[] _ranges;
    private readonly Range[] _tight;

    public LpPoolBounds(LpPool2d pool, TensorShape input, double[] x, double[] expected, Arithmetic arithmetic)
    {
        _expected = expected;
        LpPool2dParameters p = pool.Bind(input);
        _ranges = Ranges(p, x, arithmetic.Unit, arithmetic.FlushesSubnormals);
        _tight = arithmetic.Unit == ErrorBound.RoundToNearest
            ? _ranges
            : Ranges(p, x, ErrorBound.RoundToNearest, arithmetic.FlushesSubnormals);
    }

    /// <inheritdoc/>
    public override double Bound(int index, double got) => Reach(_ranges[index], _expected[index], got);

    /// <inheritdoc/>
    public override double TightBound(int index, double got) => Reach(_tight[index], _expected[index], got);

    /// <inheritdoc/>
    public override bool IsSuspicious(int index, double difference) => false;

    /// <inheritdoc/>
    public override bool IsCancelled(int index) => _ranges[index].IsCancelled;

    /// <inheritdoc/>
    public override bool Excuses(int index, float got)
    {
        Range range = _ranges[index];
        return float.IsNaN(got) ? range.MayBeNaN
            : range.Contains(got) || got == range.Overflowed || got == range.Underflowed ||
                (range.Beyond is { } beyond && (got <= beyond.Negative || got >= beyond.Positive));
    }

    private static double Reach(Range range, double exact, double got) => got < exact ? exact - range.Low : range.High - exact;

    private static Range[] Ranges(in LpPool2dParameters p, double[] x, double u, bool flushes)
    {
        var ranges = new Range[p.Planes * p.OutputHeight * p.OutputWidth];
        int target = 0;
        for (int plane = 0; plane < p.Planes; plane++)
        {
            for (int oh = 0; oh < p.OutputHeight; oh++)
            {
                for (int ow = 0; ow < p.OutputWidth; ow++)
                    ranges[target++] = Of(p, x, plane, oh, ow, u, flushes);
            }
        }
        return ranges;
    }

    private static Range Of(in LpPool2dParameters p, double[] x, int plane, int oh, int ow, double u, bool flushes)
    {
        (int top, int left) = (oh * p.StrideHeight, ow * p.StrideWidth);
        int bottom = Math.Min(top + p.KernelHeight, p.InputHeight);
        int right = Math.Min(left + p.KernelWidth, p.InputWidth);
        int count = (bottom - top) * (right - left);
        double scale = p.KernelArea / count;
        // What an operation may lose below the normal numbers.
        double underflow = u == ErrorBound.RoundToNearest && !flushes ? SmallestHalf : ErrorBound.SmallestNormal;
        double sum = 0;
        Part positive = default;
        Part negative = default;
        bool dividesByFlushed = false;
        for (int ih = top; ih < bottom; ih++)
        {
            for (int iw = left; iw < right; iw++)
            {
                double value = x[(plane * p.InputHeight + ih) * p.InputWidth + iw];
                double power = Power(value, p.NormType);
                sum += power;
                bool isFlushed = flushes && Math.Abs(value) < ErrorBound.SmallestNormal;
                dividesByFlushed |= isFlushed && p.NormType < 0;
                if (!double.IsFinite(power))
                    continue;
                double magnitude = Math.Abs(power);
                double off = (isFlushed ? magnitude : 0) + ErrorBound.Power(Math.Abs(value), p.NormType, u) * magnitude + underflow;
                (positive, negative) = power < 0 ? (positive, negative.With(magnitude, off)) : (positive.With(magnitude, off), negative);
            }
        }
        if (double.IsNaN(sum))
            return new(double.NaN, double.NaN, MayBeNaN: true, double.NaN, double.NaN, IsCancelled: true);

        double gamma = ErrorBound.OfSum(count, u);
        double error = positive.Error(gamma) + negative.Error(gamma);
        bool overflows = MayOverflow(positive) || dividesByFlushed;
        bool underflows = MayOverflow(negative) || (dividesByFlushed && negative.Sum > 0);
        double low = (sum - error) * scale - underflow;
        double high = (sum + error) * scale + underflow;
        bool mayBeNaN = ((overflows || double.IsPositiveInfinity(sum)) && (underflows || double.IsNegativeInfinity(sum))) ||
            (double.IsInfinity(sum) && (sum > 0 ? underflows : overflows));
        bool isCancelled = Math.Abs(sum) < 8 * error;

        double inverse = 1.0 / p.NormType;
        double overflowed = overflows ? Power(double.PositiveInfinity, inverse) : double.NaN;
        double underflowed = underflows ? Power(double.NegativeInfinity, inverse) : double.NaN;
        mayBeNaN |= underflows && double.IsNaN(underflowed);
        if (Math.Abs(p.NormType) == 1)
            return OfEitherSign(p.NormType, low, high) with { IsCancelled = isCancelled };

        // The square of a sum has no sign; only -0 to the power -1/2 makes one negative.
        if (Math.Abs(p.NormType) == 0.5)
            (low, high) = low >= 0 ? (low, high) : high <= 0 ? (-high, -low) : (0, Math.Max(-low, high));
        // Without a negative power a sum is not negative, however large its error.
        mayBeNaN |= low < 0 && (negative.Sum > 0 || double.IsNegativeInfinity(sum));
        if (high < 0)
            return new(double.NaN, double.NaN, MayBeNaN: true, overflowed, underflowed, isCancelled);
        low = Math.Max(low, 0);
        (double first, double second) = p.NormType > 0 ? (low, high) : (high, low);
        return new(Root(first, inverse, u, -1), Root(second, inverse, u, 1), mayBeNaN, overflowed, underflowed, isCancelled);

        bool MayOverflow(Part part) => (part.Sum + part.Error(gamma)) * Math.Max(1, scale) > float.MaxValue;

        Range OfEitherSign(double exponent, double least, double most)
        {
            if (exponent == 1)
                return new(Widened(least, -1), Widened(most, 1), mayBeNaN, overflowed, underflowed, false);
            if (least > 0 || most < 0)
            {
                double relative = ErrorBound.Power(1, -1, u);
                double a = 1 / most - relative * Math.Abs(1 / most) - ErrorBound.SmallestNormal;
                double b = 1 / least + relative * Math.Abs(1 / least) + ErrorBound.SmallestNormal;
                return new(Widened(a, -1), Widened(b, 1), mayBeNaN, overflowed, underflowed, false);
            }
            double error = 1 + ErrorBound.Power(1, -1, u);
            return new(double.NaN, double.NaN, mayBeNaN, overflowed, underflowed, false)
            {
                Beyond = (least == 0 ? double.NegativeInfinity : 1 / least / error, most == 0 ? double.PositiveInfinity : 1 / most / error),
            };
        }
    }

    private const double SmallestHalf = 7.006492321624085e-46; // 2^-150

    private static double Widened(double value, int direction) =>
        Math.Abs(value) > float.MaxValue && value * direction > 0 ? direction * double.PositiveInfinity : value;

    /// <summary>PyTorch's pow takes square roots, which tell -infinity and -0 from C's pow.</summary>
    internal static double Power(double value, double exponent) => exponent switch
    {
        0.5 => Math.Sqrt(value),
        -0.5 => 1 / Math.Sqrt(value),
        _ => Math.Pow(value, exponent),
    };

    /// <summary>The root of a sum, moved by its own error.</summary>
    private static double Root(double sum, double inverse, double u, int direction)
    {
        double root = Power(sum, inverse);
        // The exponent 1/p is rounded to float32 where it is not one.
        double fromExponent = (float)inverse == inverse || sum == 0 || !double.IsFinite(sum)
            ? 0
            : Math.Abs(Math.Log(sum) * inverse) * ErrorBound.AnyRounding;
        double moved = root * (1 + direction * (ErrorBound.Power(sum, inverse, u) + fromExponent)) + direction * ErrorBound.SmallestNormal;
        return Widened(moved, 1);
    }
}
