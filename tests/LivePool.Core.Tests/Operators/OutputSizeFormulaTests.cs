using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using CsCheck;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Core.Tests.Operators;

/// <summary>What the formula says is the operator's output size, and what its arithmetic gives.</summary>
public sealed class OutputSizeFormulaTests
{
    private static readonly Gen<int> _lengths = Gen.OneOf(Gen.Int[-1, 9], Gen.Int[-1, 9], Gen.Int[-1, 9], Gen.Int[int.MaxValue - 3, int.MaxValue],
        Gen.Const(int.MinValue));

    private static readonly Gen<Size2d> _sizes = Gen.Select(_lengths, _lengths, (h, w) => new Size2d(h, w));

    private static readonly Gen<Size2d> _small = Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5], (h, w) => new Size2d(h, w));

    private static readonly Gen<Padding> _paddings = Gen.OneOf(
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], (t, l, b, r) => new Padding(t, l, b, r)),
        Gen.Int[0, 3].Select(all => (Padding)all),
        Gen.Select(_lengths, _lengths, _lengths, _lengths, (t, l, b, r) => new Padding(t, l, b, r)));

    private static readonly Gen<TensorShape> _inputs = Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], (h, w) => new TensorShape(1, 1, h, w));

    private static Gen<OperatorSpec> Specs(Gen<Size2d> sizes) => Gen.OneOf<OperatorSpec>(
        Gen.Select(sizes, sizes, sizes, _paddings, Gen.Bool, (kernel, stride, dilation, padding, ceil) =>
            new MaxPool2d(kernel) { Stride = stride, Dilation = dilation, Padding = padding, CeilMode = ceil }),
        Gen.Select(sizes, sizes.Nullable(), _paddings, Gen.Bool, (kernel, stride, padding, ceil) =>
            new AvgPool2d(kernel) { Stride = stride, Padding = padding, CeilMode = ceil }),
        Gen.Select(sizes, sizes.Nullable(), Gen.Bool, (kernel, stride, ceil) => new LpPool2d(2, kernel) { Stride = stride, CeilMode = ceil }),
        Gen.Select(_small, sizes, sizes, _paddings, (kernel, stride, dilation, padding) =>
            new Conv2d(new Tensor(new(1, 1, kernel.Height, kernel.Width))) { Stride = stride, Dilation = dilation, Padding = padding }),
        Gen.Select(_small, sizes, (kernel, dilation) =>
            new Conv2d(new Tensor(new(1, 1, kernel.Height, kernel.Width))) { Dilation = dilation, Padding = Padding.Same }),
        Gen.Select(Gen.Select(_small, sizes, sizes), sizes, _paddings, (first, added, padding) =>
            new ConvTranspose2d(new Tensor(new(1, 1, first.Item1.Height, first.Item1.Width)))
            {
                Stride = first.Item2,
                Dilation = first.Item3,
                OutputPadding = added,
                Padding = padding,
            }),
        Gen.Select(sizes, Gen.Bool, Gen.Bool, (size, keepsRows, isMax) => isMax
            ? (OperatorSpec)new AdaptiveMaxPool2d(new AdaptiveSize(keepsRows ? null : size.Height, size.Width))
            : new AdaptiveAvgPool2d(new AdaptiveSize(keepsRows ? null : size.Height, size.Width))),
        Gen.Select(sizes, sizes, (kernel, size) => new FractionalMaxPool2d(kernel) { OutputSize = size }),
        Gen.Select(sizes, Gen.Int[-10, 70].Select(i => i / 64.0), Gen.Int[1, 63].Select(i => i / 64.0), (kernel, rows, columns) =>
            new FractionalMaxPool2d(kernel) { OutputRatio = (rows, columns) }),
        Gen.Const(new FractionalMaxPool2d(1)),
        Gen.Select(sizes, sizes.Nullable(), sizes, sizes.Nullable(), (kernel, stride, padding, size) =>
            new MaxUnpool2d(new IndexTensor(new(1, 1, 2, 3), new long[6]), kernel) { Stride = stride, Padding = padding, OutputSize = size }),
        Gen.Const(Pointwise.Relu));

    [Fact]
    public void Valid_settings_give_the_output_size()
    {
        int valid = 0;
        Gen.Select(Specs(_small), _inputs).Sample((spec, input) => Interlocked.Add(ref valid, Check(spec, spec is MaxUnpool2d ? new(1, 1, 2, 3) : input) ? 1 : 0), iter: 5000);
        Assert.InRange(valid, 1000, 5000);
    }

    [Fact]
    public void Wild_settings_are_shown_too() =>
        Gen.Select(Specs(_sizes), _inputs).Sample((spec, input) => { Check(spec, input); }, iter: 5000);

    /// <summary>Checks the lines; whether the output size is valid.</summary>
    private static bool Check(OperatorSpec spec, TensorShape input)
    {
        ImmutableArray<string> lines = OutputSizeFormula.Of(spec, input);
        Assert.NotEmpty(lines);
        List<BigInteger> sizes = Sizes(lines);
        TensorShape output;
        try
        {
            output = spec.OutputShape(input);
        }
        catch (LivePoolException)
        {
            return false;
        }
        if (spec is Pointwise)
        {
            Assert.Equal([$"as the input: {input.H}x{input.W}"], lines);
            return true;
        }
        Assert.Equal([output.H, output.W], sizes.Count == 1 ? [(int)sizes[0], (int)sizes[0]] : sizes.Select(size => (int)size));
        return true;
    }

    /// <summary>The size that each axis comes to, each equation evaluated on the way.</summary>
    private static List<BigInteger> Sizes(ImmutableArray<string> lines)
    {
        var sizes = new List<BigInteger>();
        foreach (string line in lines)
        {
            if (!line.Contains('=', StringComparison.Ordinal))
                continue;
            BigInteger last = 0;
            foreach (string part in line.Split(';'))
            {
                string[] sides = part.Split('=');
                Assert.Equal(2, sides.Length);
                last = BigInteger.Parse(sides[1], NumberStyles.Float, CultureInfo.InvariantCulture);
                string formula = sides[0].Split(':')[^1].Trim();
                if (char.IsLetter(formula[0]) && !formula.StartsWith("floor", StringComparison.Ordinal) && !formula.StartsWith("ceil", StringComparison.Ordinal))
                    continue;
                Assert.Equal(last, Arithmetic.Evaluate(formula));
            }
            if (line.StartsWith("  ", StringComparison.Ordinal))
                sizes[^1] = last;
            else
                sizes.Add(last);
        }
        return sizes;
    }

    [Theory]
    [InlineData("floor((7 + -2) / 2) + 1", 3)]
    [InlineData("ceil((7-2)/2)*3", 9)]
    [InlineData("floor(-5 / 2) - 1", -4)]
    [InlineData("floor(10 * 0.35)", 3)]
    [InlineData("(3 - 1)*2 - 2*1 + 1", 3)]
    public void The_evaluator_evaluates(string text, int value) => Assert.Equal(value, Arithmetic.Evaluate(text));

    [Fact]
    public void Lines_by_hand()
    {
        Check(Conv(5), 512, 512, "both: floor((512 + 0 + 0 - 1*(5-1) - 1) / 1) + 1 = 508");
        Check(new MaxPool2d(2), 9, 99,
            "rows: floor((9 + 0 + 0 - 1*(2-1) - 1) / 2) + 1 = 4", "columns: floor((99 + 0 + 0 - 1*(2-1) - 1) / 2) + 1 = 49");
        Check(new AvgPool2d(2) { Padding = 1, CeilMode = true }, 17, 17,
            "both: ceil((17 + 1 + 1 - 1*(2-1) - 1) / 2) + 1 = 10", "  last would start in the padding: 10 - 1 = 9");
        Check(new MaxPool2d(1) { Stride = 4, CeilMode = true }, 4, 4,
            "both: ceil((4 + 0 + 0 - 1*(1-1) - 1) / 4) + 1 = 2", "  last would start beyond the input: 2 - 1 = 1");
        Check(new MaxPool2d(9) { Stride = 1 }, 3, 3, "both: floor((3 + 0 + 0 - 1*(9-1) - 1) / 1) + 1 = -5");
        Check(new MaxPool2d(2) { Stride = 0 }, 3, 3, "both: floor((3 + 0 + 0 - 1*(2-1) - 1) / 0) + 1: divides by 0");
        Check(new ConvTranspose2d(new Tensor(new(1, 1, 3, 3))) { Stride = 2, Padding = 1, OutputPadding = 1 }, 4, 4,
            "both: (4 - 1)*2 - 1 - 1 + 1*(3-1) + 1 + 1 = 8");
        Check(new AdaptiveAvgPool2d(new AdaptiveSize(null, 3)), 7, 7, "rows: no output_size, as the input = 7", "columns: output_size = 3");
        Check(new FractionalMaxPool2d(1) { OutputRatio = (0.5, 0.5) }, 7, 7, "both: floor(7 * 0.5) = 3");
        Check(new MaxUnpool2d(new IndexTensor(new(1, 1, 2, 3), new long[6]), 2) { OutputSize = 5 }, 2, 3,
            "rows: (2 - 1)*2 - 2*0 + 2 = 4; output_size = 5", "columns: (3 - 1)*2 - 2*0 + 2 = 6; output_size = 5");
        Check(Pointwise.Relu, 508, 500, "as the input: 508x500");
        Check(Conv(4) with { Padding = Padding.Same, Dilation = int.MaxValue }, 9, 9,
            "padding same for 4 taps with dilation 2147483647 is 6442450941 elements; use a smaller dilation");

        static void Check(OperatorSpec spec, int height, int width, params string[] lines) =>
            Assert.Equal(lines.Select(Plain), OutputSizeFormula.Of(spec, new(1, 1, height, width)).Select(Plain));

        static string Plain(string line) => line.Replace(" ", "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_line_goes_without_spaces()
    {
        Assert.Equal(["both: floor((512+0+0-1*(5-1)-1)/1)+1 = 508"], OutputSizeFormula.Of(Conv(5), new(1, 1, 512, 512)));
        Assert.Equal(["both: (4 - 1)*2 - 0 - 0 + 1*(3-1) + 0 + 1 = 9"],
            OutputSizeFormula.Of(new ConvTranspose2d(new Tensor(new(1, 1, 3, 3))) { Stride = 2 }, new(1, 1, 4, 4)));
        Assert.All(OutputSizeFormula.Of(Conv(15) with { Padding = 7, Stride = 2 }, new(1, 1, 1080, 1920)),
            line => Assert.InRange(line.Length, 1, 50));
    }

    private static Conv2d Conv(int kernel) => new(new Tensor(new(1, 1, kernel, kernel)));

    /// <summary>Whole numbers, fractions, + - * /, floor and ceil, as written; exact except that a fraction is a double's.</summary>
    private ref struct Arithmetic
    {
        private ReadOnlySpan<char> _text;

        public static BigInteger Evaluate(string text)
        {
            var reader = new Arithmetic { _text = text.Replace(" ", "", StringComparison.Ordinal) };
            Fraction value = reader.Sum();
            Assert.True(reader._text.IsEmpty, $"{text}: what is {reader._text}?");
            Assert.True(value.Denominator.IsOne, text);
            return value.Numerator;
        }

        private Fraction Sum()
        {
            Fraction value = Product();
            while (!_text.IsEmpty && _text[0] is '+' or '-')
            {
                bool isPlus = Take() == '+';
                Fraction next = Product();
                value = Fraction.Create(
                    value.Numerator * next.Denominator + (isPlus ? 1 : -1) * next.Numerator * value.Denominator, value.Denominator * next.Denominator);
            }
            return value;
        }

        private Fraction Product()
        {
            Fraction value = Factor();
            while (!_text.IsEmpty && _text[0] is '*' or '/')
            {
                bool isTimes = Take() == '*';
                Fraction next = Factor();
                value = isTimes
                    ? Fraction.Create(value.Numerator * next.Numerator, value.Denominator * next.Denominator)
                    : Fraction.Create(value.Numerator * next.Denominator, value.Denominator * next.Numerator);
            }
            return value;
        }

        private Fraction Factor()
        {
            if (_text[0] == '-')
            {
                Take();
                Fraction value = Factor();
                return Fraction.Create(-value.Numerator, value.Denominator);
            }
            if (_text[0] == '(')
            {
                Take();
                Fraction inner = Sum();
                Assert.Equal(')', Take());
                return inner;
            }
            foreach (string function in (ReadOnlySpan<string>)["floor", "ceil"])
            {
                if (!_text.StartsWith(function))
                    continue;
                _text = _text[function.Length..];
                Fraction value = Factor();
                BigInteger floor = Floor(value.Numerator, value.Denominator);
                return new(function == "floor" || value.Denominator.IsOne ? floor : floor + 1, 1);
            }
            int end = 0;
            while (end < _text.Length && (char.IsAsciiDigit(_text[end]) || _text[end] is '.' or 'E'))
                end += _text[end] == 'E' ? 2 : 1;
            string number = _text[..end].ToString();
            _text = _text[end..];
            if (number.Contains('.', StringComparison.Ordinal) || number.Contains('E', StringComparison.Ordinal))
                return Fraction.Create(new BigInteger(double.Parse(number, CultureInfo.InvariantCulture) * Math.Pow(2, 60)), BigInteger.Pow(2, 60));
            return new(BigInteger.Parse(number, CultureInfo.InvariantCulture), 1);
        }

        private char Take()
        {
            char first = _text[0];
            _text = _text[1..];
            return first;
        }

        private static BigInteger Floor(BigInteger numerator, BigInteger denominator)
        {
            BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
            return rest.Sign < 0 ? quotient - 1 : quotient;
        }
    }

    private readonly record struct Fraction(BigInteger Numerator, BigInteger Denominator)
    {
        public static Fraction Create(BigInteger numerator, BigInteger denominator)
        {
            if (denominator.Sign < 0)
                (numerator, denominator) = (-numerator, -denominator);
            BigInteger common = BigInteger.GreatestCommonDivisor(numerator, denominator);
            return new(numerator / common, denominator / common);
        }
    }
}
