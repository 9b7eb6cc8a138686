using LivePool.App.View.Inspection;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Verification;
using LivePool.Verification.Explanations;

namespace LivePool.App.Tests.View.Inspection;

/// <summary>What an input's element reaches is what has it among its taps.</summary>
public sealed class ReachTests
{
    private const int Cases = 60;
    private const int MostElements = 700;

    public static TheoryData<string> Operators => [.. CaseGenerator.OperatorNames];

    [Theory]
    [MemberData(nameof(Operators))]
    public void It_is_what_the_explainers_taps_say(string name)
    {
        var generator = new CaseGenerator(7, [name]);
        var random = new Random(7);
        int tried = 0;
        int nothing = 0;
        for (int number = 0; tried < Cases; number++)
        {
            OperatorCase drawn = generator.Create(number);
            TensorShape output = drawn.Spec.OutputShape(drawn.Input);
            if (output.Count > MostElements || drawn.Input.Count > MostElements)
                continue;
            tried++;
            nothing += Check(drawn.Spec, drawn.Input, output, random);
        }
        if (name is "conv2d" or "max_pool2d")
            Assert.InRange(nothing, 1, int.MaxValue);
    }

    [Theory]
    [InlineData(PaddingMode.Zeros)]
    [InlineData(PaddingMode.Reflect)]
    [InlineData(PaddingMode.Replicate)]
    [InlineData(PaddingMode.Circular)]
    public void Padding_reads_what_stands_there(PaddingMode mode)
    {
        var input = new TensorShape(1, 1, 7, 9);
        for (int stride = 1; stride <= 4; stride++)
        {
            var conv = new Conv2d(new Tensor(new(1, 1, 3, 4))) { Padding = new(6, 3, 2, 5), PaddingMode = mode, Stride = new(stride, 3), Dilation = 2 };
            Check(conv, input, conv.OutputShape(input), new Random(stride));
        }
    }

    [Fact]
    public void What_no_window_sees_reaches_nothing()
    {
        var input = new TensorShape(1, 1, 9, 9);
        var pool = new MaxPool2d(1) { Stride = 2 };
        Assert.Null(Reach.Of(pool, input, pool.OutputShape(input), new(-1, 1, 0, 1, 8)));
        Assert.Equal(new Field(0, 1, 0, 1, 4), Reach.Of(pool, input, pool.OutputShape(input), new(-1, 1, 0, 3, 8)));
        var dilated = new MaxPool2d(2) { Stride = 9, Dilation = 4 };
        Assert.Null(Reach.Of(dilated, input, dilated.OutputShape(input), new(-1, 2, 2, 2, 2)));
        Assert.Equal(new Field(0, 0, 0, 0, 0), Reach.Of(dilated, input, dilated.OutputShape(input), new(-1, 4, 4, 4, 4)));
    }

    [Fact]
    public void The_stage_is_the_next_one() =>
        Assert.Equal(new Field(3, 4, 5, 6, 7), Reach.Of(Pointwise.Relu, new(1, 1, 9, 9), new(1, 1, 9, 9), new(2, 4, 5, 6, 7)));

    /// <summary>Tries rectangles; how many of them reach nothing.</summary>
    private static int Check(OperatorSpec spec, TensorShape input, TensorShape output, Random random)
    {
        // Elements that tell themselves apart: a tap's value says which one it reads.
        float[] x = [.. Enumerable.Range(1, input.Count).Select(i => (float)i)];
        var reads = new List<(int Row, int Column, HashSet<int> Elements)>();
        for (int i = 0; i < output.Count; i++)
        {
            var at = new ElementPlace(i / (output.C * output.PlaneSize), i / output.PlaneSize % output.C, i / output.W % output.H, i % output.W);
            IEnumerable<int> elements = spec is Pointwise { Function: PointwiseFunction.Normalize }
                ? Enumerable.Range(i / output.PlaneSize * output.PlaneSize, output.PlaneSize)
                : Explainer.Explain(spec, input, x, at).Taps.Where(tap => tap.X > 0).Select(tap => (int)tap.X!.Value - 1);
            reads.Add((at.H, at.W, [.. elements.Select(element => element % input.PlaneSize)]));
        }
        int nothing = 0;
        for (int i = 0; i < 12; i++)
        {
            (int top, int left) = (random.Next(input.H), random.Next(input.W));
            bool isOne = i < 8;
            var from = new Field(-1, top, left, isOne ? top : random.Next(top, input.H), isOne ? left : random.Next(left, input.W));
            Field? expected = null;
            foreach ((int row, int column, HashSet<int> elements) in reads)
            {
                if (!elements.Any(element => IsIn(from, element / input.W, element % input.W)))
                    continue;
                expected = expected is { } known
                    ? new(0, Math.Min(known.Top, row), Math.Min(known.Left, column), Math.Max(known.Bottom, row), Math.Max(known.Right, column))
                    : new(0, row, column, row, column);
            }
            Assert.Equal(expected, Reach.Of(spec, input, output, from));
            nothing += expected is null ? 1 : 0;
        }
        return nothing;
    }

    private static bool IsIn(Field field, int row, int column) =>
        row >= field.Top && row <= field.Bottom && column >= field.Left && column <= field.Right;
}
