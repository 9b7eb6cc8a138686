using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Verification.Explanations;

namespace LivePool.Verification.Tests.Explanations;

/// <summary>Explanations worked out by hand.</summary>
public sealed class ExplainerTests
{
    private const float NegativeInfinity = float.NegativeInfinity;

    private static Explanation Explain(OperatorSpec spec, int height, int width, float[] x, int h, int w) =>
        Explainer.Explain(spec, new(1, 1, height, width), x, new(0, 0, h, w));

    private static float[] Range(int first, int count) => [.. Enumerable.Range(first, count).Select(value => (float)value)];

    private static double? Term(Explanation explanation, string name) => explanation.Terms.Single(term => term.Name == name).Value;

    private static string Reason(Explanation explanation, string name) => explanation.Terms.Single(term => term.Name == name).Reason;

    private static int Count(Explanation explanation, TapPlace place) => explanation.Taps.Count(tap => tap.Place == place);

    [Theory]
    [InlineData(0, 0, 4, 4, 4)]
    [InlineData(0, 2, 9.5, 2, 2)]
    [InlineData(2, 1, 45.5, 2, 2)]
    [InlineData(2, 2, 48, 1, 1)]
    public void A_ceil_overhang_never_counts(int h, int w, double mean, int inside, int divisor)
    {
        Explanation explanation = Explain(new AvgPool2d(2) { Stride = 3, CeilMode = true }, 7, 7, Range(0, 49), h, w);
        Assert.Equal((mean, divisor), (explanation.Exact, Term(explanation, "divisor")));
        Assert.Equal((4, inside, 4 - inside), (explanation.Taps.Count, Count(explanation, TapPlace.Inside), Count(explanation, TapPlace.Beyond)));
        Assert.Equal(divisor < 4, Reason(explanation, "divisor").Contains("overhang never counts", StringComparison.Ordinal));
        Assert.All(explanation.Taps, tap => Assert.Equal(tap.IsInside, tap.X is not null));
    }

    [Fact]
    public void Explicit_padding_counts_and_the_overhang_does_not()
    {
        var pool = new AvgPool2d(3) { Stride = 2, Padding = 1, CeilMode = true };
        double[] sums = [14, 30, 12, 57, 99, 36, 27, 45, 16];
        int[] divisors = [9, 9, 6, 9, 9, 6, 6, 6, 4];
        int[] inside = [4, 6, 2, 6, 9, 3, 2, 3, 1];
        int[] beyond = [0, 0, 3, 0, 0, 3, 3, 3, 5];
        for (int i = 0; i < 9; i++)
        {
            Explanation explanation = Explain(pool, 4, 4, Range(1, 16), i / 3, i % 3);
            Assert.Equal((sums[i], divisors[i], sums[i] / divisors[i]), (Term(explanation, "sum"), Term(explanation, "divisor"), explanation.Exact));
            Assert.Equal((inside[i], 9 - inside[i] - beyond[i], beyond[i]),
                (Count(explanation, TapPlace.Inside), Count(explanation, TapPlace.Padding), Count(explanation, TapPlace.Beyond)));
        }
    }

    [Theory]
    [InlineData(true, null, 4, "count_include_pad is true")]
    [InlineData(false, null, 1, "count_include_pad is false")]
    [InlineData(true, 7, 7, "divisor_override")]
    [InlineData(false, -3, -3, "divisor_override")]
    public void The_divisor_at_17x17_s_corner_and_why(bool includePad, int? given, int divisor, string reason)
    {
        var pool = new AvgPool2d(2) { Stride = 2, Padding = 1, CeilMode = true, CountIncludePad = includePad, DivisorOverride = given };
        Assert.Equal(new(1, 1, 9, 9), pool.OutputShape(new(1, 1, 17, 17)));
        Explanation corner = Explain(pool, 17, 17, Range(12, 289), 0, 0);
        Assert.Equal((12.0 / divisor, divisor), (corner.Exact, Term(corner, "divisor")));
        Assert.Contains(reason, Reason(corner, "divisor"));
        Assert.Equal((1, 3, 0), (Count(corner, TapPlace.Inside), Count(corner, TapPlace.Padding), Count(corner, TapPlace.Beyond)));
        Assert.Equal((-1, -1), (corner.Taps[0].Row, corner.Taps[0].Column));
        // The last window lies whole on the input.
        Explanation last = Explain(pool, 17, 17, Range(12, 289), 8, 8);
        Assert.Equal((4, given ?? 4), (Count(last, TapPlace.Inside), Term(last, "divisor")));
    }

    [Fact]
    public void A_wide_window_s_overhang_does_not_count_though_its_padding_does()
    {
        // 9 columns, 3 of padding on both sides: the last window covers 6 to 12, of which 9 to 11 are padding and 12 is beyond.
        var pool = new AvgPool2d(new(1, 7)) { Stride = new(1, 3), Padding = Padding.FromSize(new(0, 3)), CeilMode = true };
        Explanation explanation = Explain(pool, 1, 9, Range(1, 9), 0, 3);
        Assert.Equal((24.0 / 6, 6), (explanation.Exact, Term(explanation, "divisor")));
        Assert.Equal([TapPlace.Inside, TapPlace.Inside, TapPlace.Inside, TapPlace.Padding, TapPlace.Padding, TapPlace.Padding, TapPlace.Beyond],
            explanation.Taps.Select(tap => tap.Place));
    }

    [Theory]
    [InlineData(new float[] { 1, 3, 3, 2 }, 1, "the first of 2")]
    [InlineData(new float[] { 4, 3, 3, 2 }, 0, "the greatest of 4")]
    [InlineData(new float[] { float.NaN, 5, float.NaN, 7 }, 2, "of 2 the last stays")]
    [InlineData(new float[] { 9, float.PositiveInfinity, 1, float.NaN }, 3, "NaN wins over every number")]
    [InlineData(new float[] { NegativeInfinity, NegativeInfinity, NegativeInfinity, NegativeInfinity }, 0, "the first tap on the input stays")]
    [InlineData(new float[] { NegativeInfinity, NegativeInfinity, NegativeInfinity, -1 }, 3, "the greatest of 4")]
    public void Who_wins_a_maximum_and_why(float[] x, int winner, string reason)
    {
        foreach (OperatorSpec pool in (OperatorSpec[])[new MaxPool2d(2), new AdaptiveMaxPool2d(1), new FractionalMaxPool2d(2) { OutputSize = 1 }])
        {
            Explanation explanation = Explain(pool, 2, 2, x, 0, 0);
            Assert.Equal((winner, (long)winner, (double)x[winner]), (explanation.Winner, explanation.Index, explanation.Exact));
            Assert.Contains(reason, Reason(explanation, "maximum"));
            Assert.Equal("wins", explanation.Taps[winner].Note);
        }
    }

    [Fact]
    public void Those_that_do_not_win_say_why()
    {
        Assert.Equal(["", "wins", "as great, but not the first", ""], Notes([1, 3, 3, 2]));
        Assert.Equal(["NaN, but a later one stays", "", "wins", ""], Notes([float.NaN, 5, float.NaN, 7]));

        static IEnumerable<string> Notes(float[] x) => Explain(new MaxPool2d(2), 2, 2, x, 0, 0).Taps.Select(tap => tap.Note);
    }

    [Fact]
    public void Padding_never_competes_and_a_dilated_window_keeps_its_phase()
    {
        Explanation corner = Explain(new MaxPool2d(3) { Stride = 2, Padding = 1, CeilMode = true }, 2, 2, [-4, -3, -2, -1], 0, 0);
        Assert.Equal((-1.0, 3L, 4, 5), (corner.Exact, corner.Index, Count(corner, TapPlace.Inside), Count(corner, TapPlace.Padding)));
        Assert.All(corner.Taps.Where(tap => !tap.IsInside), tap => Assert.Null(tap.X));

        // Rows -1 and 1 of 4, columns -1 and 1: only row 1, column 1 is inside.
        Explanation dilated = Explain(new MaxPool2d(2) { Stride = 1, Padding = 1, Dilation = 2 }, 4, 4, Range(0, 16), 0, 0);
        Assert.Equal((5.0, 5L, 1), (dilated.Exact, dilated.Index, Count(dilated, TapPlace.Inside)));
        Assert.Equal("the only tap on the input", Reason(dilated, "maximum"));
    }

    [Fact]
    public void A_window_without_a_tap_on_the_input_is_negative_infinity()
    {
        // Rows -2 and 1 of one row: neither is there. The first at or after 0 is row 1, column 1.
        Explanation explanation = Explain(new MaxPool2d(2) { Stride = 1, Padding = 2, Dilation = 3 }, 1, 1, [7], 0, 0);
        Assert.Equal((double.NegativeInfinity, 2L, null), (explanation.Exact, explanation.Index, explanation.Winner));
        Assert.Contains("no tap", Reason(explanation, "maximum"));
    }

    [Theory]
    [InlineData(PaddingMode.Reflect, 0, 0, 0, 1, 1)]
    [InlineData(PaddingMode.Replicate, 0, 0, 0, 0, 0)]
    [InlineData(PaddingMode.Circular, 0, 0, 0, 3, 4)]
    [InlineData(PaddingMode.Reflect, 3, 4, 8, 2, 3)]
    [InlineData(PaddingMode.Replicate, 3, 4, 8, 3, 4)]
    [InlineData(PaddingMode.Circular, 3, 4, 8, 0, 0)]
    [InlineData(PaddingMode.Reflect, 0, 4, 2, 1, 3)]
    public void A_tap_outside_says_what_stands_there(PaddingMode mode, int h, int w, int tap, int sourceRow, int sourceColumn)
    {
        var conv = new Conv2d(new Tensor(new(1, 1, 3, 3), Range(1, 9))) { Padding = 1, PaddingMode = mode };
        Explanation explanation = Explain(conv, 4, 5, Range(0, 20), h, w);
        Assert.Equal((TapPlace.Padding, sourceRow * 5.0 + sourceColumn), (explanation.Taps[tap].Place, explanation.Taps[tap].X));
        Assert.EndsWith($"row {sourceRow}, column {sourceColumn}", explanation.Taps[tap].Note);
        Assert.Equal((h + tap / 3 - 1, w + tap % 3 - 1), (explanation.Taps[tap].Row, explanation.Taps[tap].Column));
        Assert.Equal(4, Count(explanation, TapPlace.Inside));
    }

    [Fact]
    public void Edge24_at_a_corner_sees_nine_pixels_and_sixteen_zeros()
    {
        float[] weight = Enumerable.Repeat(-1f, 25).ToArray();
        weight[12] = 24;
        Explanation corner = Explain(new Conv2d(new Tensor(new(1, 1, 5, 5), weight)) { Padding = 2 }, 6, 7, Enumerable.Repeat(10f, 42).ToArray(), 0, 0);
        Assert.Equal((240 - 80.0, 25, 9, 16), (corner.Exact, corner.Taps.Count, Count(corner, TapPlace.Inside), Count(corner, TapPlace.Padding)));
        Assert.All(corner.Taps.Where(tap => !tap.IsInside), tap => Assert.Equal(("padding: 0", 0, 0), (tap.Note, tap.X, tap.Product)));
        Assert.Equal(((2, 2), 0, 0, 24f, 240.0),
            (corner.Taps[12].Kernel, corner.Taps[12].Row, corner.Taps[12].Column, corner.Taps[12].W, corner.Taps[12].Product));
        Assert.Null(Term(corner, "bias"));
    }

    [Fact]
    public void A_group_s_taps_come_from_its_own_channels_onto_the_bias()
    {
        var conv = new Conv2d(new Tensor(new(2, 2, 1, 1), [1, 2, 3, 4]), new Tensor(new(1, 2, 1, 1), [0.5f, -0.5f])) { Groups = 2 };
        Explanation explanation = Explainer.Explain(conv, new(2, 4, 1, 1), Range(1, 8), new(1, 1, 0, 0));
        Assert.Equal([(2, 7.0, 21.0), (3, 8.0, 32.0)], explanation.Taps.Select(tap => (tap.Channel, tap.X!.Value, tap.Product!.Value)));
        Assert.Equal((-0.5, 52.5, 52.5), (Term(explanation, "bias"), Term(explanation, "sum"), explanation.Exact));
    }

    [Fact]
    public void A_zero_weight_times_infinity_is_NaN()
    {
        Explanation explanation = Explain(new Conv2d(new Tensor(new(1, 1, 1, 2), [0, 1])), 1, 2, [float.PositiveInfinity, 1], 0, 0);
        Assert.Equal((double.NaN, double.NaN), (explanation.Taps[0].Product, explanation.Exact));
    }

    [Fact]
    public void Of_a_transposed_kernel_s_taps_some_meet_elements_and_some_fall_between_the_strides()
    {
        var conv = new ConvTranspose2d(new Tensor(new(1, 1, 3, 3), Range(1, 9))) { Stride = 2 };
        // Every element reaches the middle of 5x5, through a corner of the kernel.
        Explanation middle = Explain(conv, 2, 2, [1, 2, 3, 4], 2, 2);
        Assert.Equal(9 * 1 + 7 * 2 + 3 * 3 + 1 * 4, middle.Exact);
        Assert.Equal([((2, 2), 0, 0, 9f), ((2, 0), 0, 1, 7f), ((0, 2), 1, 0, 3f), ((0, 0), 1, 1, 1f)],
            middle.Taps.Where(tap => tap.IsInside).Select(tap => (tap.Kernel!.Value, tap.Row!.Value, tap.Column!.Value, tap.W!.Value)));
        Assert.Equal((9, 5, 0), (middle.Taps.Count, Count(middle, TapPlace.Between), Count(middle, TapPlace.Beyond)));

        // At 1, 1 only the kernel's centre meets an element; its lower right taps lie before the input.
        Explanation second = Explain(conv, 2, 2, [1, 2, 3, 4], 1, 1);
        Assert.Equal((5.0, 1, 3, 5), (second.Exact, Count(second, TapPlace.Inside), Count(second, TapPlace.Between), Count(second, TapPlace.Beyond)));
        Assert.Equal("between rows 0 and 1, columns 0 and 1", second.Taps.Single(tap => tap.Kernel == (0, 0)).Note);
        Assert.Contains("8 of 9 taps meet no element", Reason(second, "sum"));

        // At 3, 4 rows 0, 1, 2 of the kernel lie on 1.5, 1 and 0.5, its columns on 2, 1.5 and 1.
        Explanation late = Explain(conv, 2, 2, [1, 2, 3, 4], 3, 4);
        Assert.Equal((6.0 * 4, 1, 1, 7), (late.Exact, Count(late, TapPlace.Inside), Count(late, TapPlace.Between), Count(late, TapPlace.Beyond)));
        Assert.Equal("after the input's rows", late.Taps.Single(tap => tap.Kernel == (0, 2)).Note);
    }

    [Fact]
    public void An_output_that_no_element_reaches_is_the_bias()
    {
        var conv = new ConvTranspose2d(new Tensor(new(1, 1, 1, 1), [3]), new Tensor(new(1, 1, 1, 1), [0.25f])) { Stride = 3 };
        Explanation explanation = Explain(conv, 2, 2, [1, 2, 3, 4], 1, 0);
        Assert.Equal((0.25, 0), (explanation.Exact, Count(explanation, TapPlace.Inside)));
    }

    [Fact]
    public void Adaptive_windows_of_5_to_3_overlap()
    {
        double[] means = [1.5, 3, 4.5];
        (int First, int Last)[] columns = [(0, 1), (1, 3), (3, 4)];
        for (int i = 0; i < 3; i++)
        {
            Explanation explanation = Explain(new AdaptiveAvgPool2d(new(1, 3)), 1, 5, Range(1, 5), 0, i);
            Assert.Equal((means[i], columns[i].First, columns[i].Last),
                (explanation.Exact, explanation.Taps[0].Column, explanation.Taps[^1].Column));
            Assert.Equal(explanation.Taps.Count, Term(explanation, "divisor"));
        }
        Assert.Contains("columns 1 to 3: from floor(1*5/3) = 1 until before ceil(2*5/3) = 4",
            Explain(new AdaptiveAvgPool2d(new(1, 3)), 1, 5, Range(1, 5), 0, 1).Window);
    }

    [Fact]
    public void A_fractional_window_s_place_follows_from_its_sample()
    {
        // Columns: alpha = (9 - 2)/(4 - 1), sample 0.5: 0, int(3.5) - 1 = 2, int(5.83) - 1 = 4, and the last at 7.
        var pool = new FractionalMaxPool2d(new(1, 2)) { OutputSize = new(1, 4), Samples = new Tensor(new(1, 1, 1, 2), [0.5f, 0]) };
        int[] starts = [0, 2, 4, 7];
        for (int i = 0; i < 4; i++)
        {
            Explanation explanation = Explain(pool, 1, 9, Range(1, 9), 0, i);
            Assert.Equal((starts[i], starts[i] + 1), (explanation.Taps[0].Column, explanation.Taps[^1].Column));
            Assert.Equal(starts[i] + 2.0, explanation.Exact);
            string column = explanation.Window.Single(line => line.StartsWith("column", StringComparison.Ordinal));
            Assert.EndsWith($" = {starts[i]}", column);
            Assert.Contains(i < 3 ? $"int(({i} + 0.5)*2.3333333)" : "the last window", column);
        }
        Assert.Contains(Explain(pool, 1, 9, Range(1, 9), 0, 0).Window, line => line.Contains("sample 0.5 given", StringComparison.Ordinal));
    }

    [Fact]
    public void An_Lp_norm_is_the_root_of_its_scaled_mean()
    {
        Explanation whole = Explain(new LpPool2d(2, new(1, 2)), 1, 2, [3, 4], 0, 0);
        Assert.Equal((25, 12.5, 25, 5), (Term(whole, "sum"), Term(whole, "mean"), Term(whole, "scaled"), whole.Exact));
        Assert.Equal(("x^2", 9.0, 16.0), (whole.ProductName, whole.Taps[0].Product, whole.Taps[1].Product));

        // A window that hangs over by one of two: the mean of one, times the whole area.
        Explanation overhang = Explain(new LpPool2d(2, new(1, 2)) { CeilMode = true }, 1, 3, [0, 0, 3], 0, 1);
        Assert.Equal((9, 9, 18, Math.Sqrt(18)), (Term(overhang, "sum"), Term(overhang, "mean"), Term(overhang, "scaled"), overhang.Exact));

        Explanation negative = Explain(new LpPool2d(3, new(1, 2)), 1, 2, [-3, 1], 0, 0);
        Assert.Equal((-26, double.NaN), (Term(negative, "sum"), negative.Exact));
        Assert.Contains("NaN", Reason(negative, "root"));
    }

    [Fact]
    public void Unpooling_keeps_the_last_of_those_put_in_one_place()
    {
        var unpool = new MaxUnpool2d(new IndexTensor(new(1, 1, 1, 3), [2, 2, 0]), new(1, 2));
        Explanation twice = Explain(unpool, 1, 3, [5, 6, 7], 0, 2);
        Assert.Equal((6.0, 1), (twice.Exact, twice.Winner));
        Assert.Equal([("overwritten by a later one", 0), ("stays", 1)], twice.Taps.Select(tap => (tap.Note, tap.Column!.Value)));
        Assert.Equal(7, Explain(unpool, 1, 3, [5, 6, 7], 0, 0).Exact);
        Explanation none = Explain(unpool, 1, 3, [5, 6, 7], 0, 1);
        Assert.Equal((0.0, 0, null), (none.Exact, none.Taps.Count, none.Winner));
        Assert.Contains("no element", Reason(none, "value"));
    }

    [Fact]
    public void A_pointwise_operator_shows_its_formula_with_the_numbers_in_it()
    {
        Assert.Equal((0, "-2 is not over 0 and becomes 0"), Apply(Pointwise.Relu, -2));
        Assert.Equal((-0.5, "0.25 * -2, because -2 is not over 0"), Apply(Pointwise.LeakyRelu(0.25f), -2));
        Assert.Equal((0.5, "1 / (1 + exp(-0))"), Apply(Pointwise.Sigmoid, 0));
        Assert.Equal((3, "min(max(-2, 4), 3)"), Apply(Pointwise.Clamp(4, 3), -2));
        Assert.Equal((-3, "2 * -2 + 1"), Apply(Pointwise.ScaleOffset(2, 1), -2));
        Assert.Equal((double.NaN, "NaN stays"), Apply(Pointwise.Relu, float.NaN));

        static (double, string) Apply(Pointwise spec, float x)
        {
            Explanation explanation = Explain(spec, 1, 1, [x], 0, 0);
            Assert.Equal(explanation.Exact, explanation.Terms[^1].Value);
            return (explanation.Exact, explanation.Terms[^1].Reason);
        }
    }

    [Fact]
    public void Normalising_names_the_plane_s_finite_extremes()
    {
        float[] x = [float.NaN, -2, float.PositiveInfinity, 6, 0];
        Explanation explanation = Explain(Pointwise.Normalize, 1, 5, x, 0, 4);
        Assert.Equal((-2, 6, 0.25), (Term(explanation, "min"), Term(explanation, "max"), explanation.Exact));
        Assert.Equal("(0 - -2) / (6 - -2)", Reason(explanation, "normalize"));
        Assert.Equal(double.PositiveInfinity, Explain(Pointwise.Normalize, 1, 5, x, 0, 2).Exact);
        Assert.Equal(0, Explain(Pointwise.Normalize, 1, 2, [3, 3], 0, 1).Exact);
        Assert.Null(Term(Explain(Pointwise.Normalize, 1, 1, [float.NaN], 0, 0), "min"));
    }

    [Theory]
    [InlineData(1, 0, 0, 0)]
    [InlineData(0, 1, 0, 0)]
    [InlineData(0, 0, 2, 0)]
    [InlineData(0, 0, 0, -1)]
    public void A_place_that_the_output_lacks_is_refused(int n, int c, int h, int w) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Explainer.Explain(Pointwise.Relu, new(1, 1, 2, 2), new float[4], new(n, c, h, w)));
}
