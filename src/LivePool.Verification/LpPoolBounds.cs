using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>
/// The bounds of <c>lp_pool2d</c>. The sum of powers S is off by at most <c>E = sum of e_i |x_i^p| + gamma(n + 4) *
/// sum|x_i^p| + n * 2^-126</c> with <see cref="ErrorBound.Power"/>'s e_i, so that the result lies between the roots of the
/// scaled S - E and S + E, each with the root's own error. Where S - E is negative the root may be NaN; where the powers
/// leave float32's range it may be what the root makes of an infinity.
/// </summary>
internal sealed class LpPoolBounds : OutputBounds
{
    private readonly record struct Range(double Low, double High, bool MayBeNaN)
    {
        /// <summary>The range itself or that of its reciprocals: the roots that a negative sum has, too.</summary>
        public Range RaisedTo(double exponent, double u)
        {
            if (exponent == 1 || double.IsNaN(Low))
                return this;
            if (Low <= 0 && High >= 0)
                return this with { Low = double.NegativeInfinity, High = double.PositiveInfinity };
            double error = ErrorBound.Power(1, -1, u);
            (double a, double b) = (1 / High, 1 / Low);
            return this with
            {
                Low = a - error * Math.Abs(a) - ErrorBound.SmallestNormal,
                High = b + error * Math.Abs(b) + ErrorBound.SmallestNormal,
            };
        }
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
    public override bool AllowsNonFinite(int index, float got)
    {
        Range range = _ranges[index];
        return float.IsNaN(got) ? range.MayBeNaN : got >= range.Low && got <= range.High;
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
        double sum = 0;
        double finite = 0;
        double finiteNegative = 0;
        double error = 0;
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
                if (isFlushed)
                    error += Math.Abs(power);
                finite += Math.Abs(power);
                if (power < 0)
                    finiteNegative -= power;
                error += ErrorBound.Power(Math.Abs(value), p.NormType, u) * Math.Abs(power) + ErrorBound.SmallestNormal;
            }
        }
        error = error * (1 + ErrorBound.Gamma(count + 4, u)) + ErrorBound.Gamma(count + 4, u) * finite;
        bool overflows = finite * (1 + ErrorBound.Gamma(count + 4, u)) + error > float.MaxValue || dividesByFlushed ||
            (finite + error) / count * p.KernelArea > float.MaxValue;

        double scale = p.KernelArea / count;
        double low = (sum - error) * scale;
        double high = (sum + error) * scale;
        if (overflows)
        {
            high = double.PositiveInfinity;
            low = finiteNegative > 0 ? double.NegativeInfinity : low;
        }
        // An infinite sum stays infinite, unless an overflow of the other sign meets it. Scaled sums may underflow, too.
        bool mayBeNaN = double.IsNaN(sum) || (overflows && (finiteNegative > 0 || double.IsNegativeInfinity(sum)));
        if (Math.Abs(p.NormType) == 1)
            return new Range(low - ErrorBound.SmallestNormal, high + ErrorBound.SmallestNormal, mayBeNaN).RaisedTo(p.NormType, u);
        // The square of a sum has no sign; only -0 to the power -1/2 makes one negative.
        if (Math.Abs(p.NormType) == 0.5)
            (low, high) = low >= 0 ? (low, high) : high <= 0 ? (-high, -low) : (0, Math.Max(-low, high));
        mayBeNaN |= low < 0;
        low = Math.Max(low - ErrorBound.SmallestNormal, 0);
        high += ErrorBound.SmallestNormal;
        if (double.IsNaN(high) || high < 0)
            return new(double.NaN, double.NaN, MayBeNaN: true);

        double inverse = 1.0 / p.NormType;
        double first = Root(low, inverse, u, -1);
        double second = Root(high, inverse, u, 1);
        return p.NormType > 0
            ? new(first, second, mayBeNaN)
            : new(Root(high, inverse, u, -1), Root(low, inverse, u, 1), mayBeNaN);
    }

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
        return moved > float.MaxValue ? double.PositiveInfinity : moved;
    }
}
