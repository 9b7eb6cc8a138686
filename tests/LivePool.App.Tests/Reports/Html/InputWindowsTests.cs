using LivePool.App.Reports.Html;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;

namespace LivePool.App.Tests.Reports.Html;

/// <summary>Changing an input element changes exactly the outputs in whose window it is.</summary>
public sealed class InputWindowsTests
{
    private static readonly TensorShape _input = new(1, 1, 7, 9);

    public static TheoryData<string> Operators => [.. _operators.Keys];

    private static readonly Dictionary<string, OperatorSpec> _operators = new()
    {
        ["conv2d"] = new Conv2d(Ones(3, 2)) { Stride = new(2, 1), Padding = new(1, 0, 2, 1) },
        ["conv2d same"] = new Conv2d(Ones(4, 3)) { Padding = Padding.Same },
        ["conv_transpose2d"] = new ConvTranspose2d(Ones(3, 4)) { Stride = new(2, 1), Padding = new(1, 2, 0, 1), OutputPadding = new(1, 0) },
        ["avg_pool2d"] = new AvgPool2d(new(3, 2)) { Stride = new(2, 3), Padding = 1, CeilMode = true },
        ["lp_pool2d"] = new LpPool2d(1, new(2, 3)),
        ["adaptive_avg_pool2d"] = new AdaptiveAvgPool2d(new(3, 4)),
        ["scale_offset"] = Pointwise.ScaleOffset(2, 1),
    };

    [Theory]
    [MemberData(nameof(Operators))]
    public void A_window_is_what_an_output_depends_on(string name)
    {
        OperatorSpec spec = _operators[name];
        TensorShape output = spec.OutputShape(_input);
        InputWindows windows = InputWindows.Of(spec, _input, output, 0)!;
        double[] before = Evaluate(spec, changed: -1);
        for (int i = 0; i < _input.Count; i++)
        {
            double[] after = Evaluate(spec, changed: i);
            (int row, int column) = (i / _input.W, i % _input.W);
            for (int k = 0; k < output.Count; k++)
            {
                bool isInside = Contains(windows.Rows[k / output.W], row) && Contains(windows.Columns[k % output.W], column);
                Assert.True(isInside == (before[k] != after[k]), $"{name}: input {row},{column} and output {k / output.W},{k % output.W}");
            }
        }
    }

    [Fact]
    public void A_dilated_window_has_its_holes()
    {
        InputWindows windows = InputWindows.Of(new MaxPool2d(3) { Stride = 1, Dilation = 2, Padding = 1 }, _input, new(1, 1, 5, 7), 0)!;
        Assert.Equal(new Interval(-1, 4), windows.Rows[0]);
        Assert.Equal(new Interval(5, 10), windows.Columns[6]);
    }

    [Fact]
    public void Each_plane_of_a_fractional_pool_has_its_own_windows()
    {
        var input = new TensorShape(1, 2, 9, 9);
        var pool = new FractionalMaxPool2d(2) { OutputSize = new(4, 5), Samples = new Tensor(new(1, 1, 2, 2), [0f, 0, 0.9f, 0.9f]) };
        PoolIntervals intervals = pool.Intervals(input);
        InputWindows second = InputWindows.Of(pool, input, pool.OutputShape(input), 1)!;
        Assert.Equal([.. intervals.Rows[8..].Chunk(2).Select(pair => new Interval(pair[0], pair[1]))], second.Rows);
        Assert.Equal([.. intervals.Columns[10..].Chunk(2).Select(pair => new Interval(pair[0], pair[1]))], second.Columns);
    }

    private static Tensor Ones(int height, int width) => new(new(1, 1, height, width), [.. Enumerable.Repeat(1f, height * width)]);

    private static bool Contains(Interval interval, int position) => position >= interval.First && position < interval.End;

    private static double[] Evaluate(OperatorSpec spec, int changed)
    {
        double[] x = [.. Enumerable.Range(0, _input.Count).Select(i => i == changed ? 1000.0 : 1 + i % 5)];
        double[] y = new double[spec.OutputShape(_input).Count];
        new ReferenceOperators().Evaluate(spec, _input, x, y, []);
        return y;
    }
}
