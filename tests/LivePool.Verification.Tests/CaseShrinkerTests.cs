using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;

namespace LivePool.Verification.Tests;

/// <summary>A failing case is made as small as the fault allows, and still fails.</summary>
public sealed class CaseShrinkerTests
{
    private static readonly DateTime _later = DateTime.UtcNow.AddMinutes(5);

    private static ConcreteCase Shrink(OperatorSpec spec, TensorShape input, Func<ConcreteCase, bool> fails)
    {
        ConcreteCase item = ConcreteCase.Of(new OperatorCase(spec, input, ValueKind.Uniform, 11), "test");
        Assert.True(item.IsValid);
        Assert.True(fails(item));
        ConcreteCase smallest = CaseShrinker.Shrink(item, fails, _later);
        Assert.True(smallest.IsValid);
        Assert.True(fails(smallest));
        Assert.Equal("test, made smaller", smallest.Origin);
        return smallest;
    }

    private static Tensor Weights(TensorShape shape) =>
        new(shape, new OperatorCase(Pointwise.Abs, shape, ValueKind.Uniform, 3).MakeInput());

    [Fact]
    public void A_fault_that_is_everywhere_shrinks_every_operator_to_one_element()
    {
        var generator = new CaseGenerator(4, []);
        for (int i = 0; i < 2 * CaseGenerator.OperatorNames.Count; i++)
        {
            ConcreteCase item = ConcreteCase.Of(generator.Create(i), "test");
            ConcreteCase smallest = CaseShrinker.Shrink(item, _ => true, _later);
            Assert.True(smallest.Input.Count == 1 && smallest.X[0] == 0, $"{smallest.Spec} {smallest.Input} {smallest.X[0]} of {item.Spec} {item.Input}");
            switch (smallest.Spec)
            {
                case Conv2d conv:
                    Assert.Equal((1, null, new Size2d(1, 1), default(Padding), new Size2d(1, 1), 1),
                        (conv.Weight.Shape.Count, conv.Bias, conv.Stride, conv.Padding, conv.Dilation, conv.Groups));
                    break;
                case ConvTranspose2d conv:
                    Assert.Equal((1, null, new Size2d(1, 1), default(Padding), default(Size2d), 1),
                        (conv.Weight.Shape.Count, conv.Bias, conv.Stride, conv.Padding, conv.OutputPadding, conv.Groups));
                    break;
                case MaxPool2d pool:
                    Assert.Equal((new Size2d(1, 1), default(Padding), false), (pool.KernelSize, pool.Padding, pool.CeilMode));
                    break;
                case AvgPool2d pool:
                    Assert.Equal((new Size2d(1, 1), default(Padding), null), (pool.KernelSize, pool.Padding, pool.DivisorOverride));
                    break;
                case FractionalMaxPool2d pool:
                    Assert.Equal((new Size2d(1, 1), new Size2d(1, 1)), (pool.KernelSize, pool.OutputSize!.Value));
                    break;
            }
        }
    }

    [Fact]
    public void What_the_fault_needs_stays()
    {
        var spec = new Conv2d(Weights(new(6, 2, 5, 4)), Weights(new(1, 6, 1, 1))) { Groups = 3, Stride = 2, Padding = 2, Dilation = new(1, 2) };
        ConcreteCase smallest = Shrink(spec, new(2, 6, 20, 30), c => c.Spec is Conv2d { Stride.Width: 2 } conv &&
            conv.KernelSize.Height >= 3 && c.Input.W >= 9 && c.Spec.OutputShape(c.Input).W >= 3);
        var conv = (Conv2d)smallest.Spec;
        Assert.Equal((3, 2, 1, 1), (conv.KernelSize.Height, conv.Stride.Width, conv.Stride.Height, conv.Groups));
        Assert.Equal(9, smallest.Input.W);
        Assert.Equal((1, 1), (smallest.Input.N, smallest.Input.C));
    }

    [Fact]
    public void The_number_that_hurts_is_left_alone()
    {
        ConcreteCase item = ConcreteCase.Of(new OperatorCase(new MaxPool2d(2), new(2, 3, 16, 16), ValueKind.Uniform, 1), "test");
        item.X[777] = float.NaN;
        ConcreteCase smallest = CaseShrinker.Shrink(item, c => c.X.Any(float.IsNaN), _later);
        Assert.Equal([float.NaN], smallest.X);
    }

    [Fact]
    public void Planes_keep_their_samples_and_indices()
    {
        var pool = new FractionalMaxPool2d(2) { OutputSize = 3, Seed = 5, ReturnIndices = true };
        Tensor drawn = pool.DrawSamples(new(2, 3, 8, 8));
        float wanted = drawn.Elements[2 * 4];
        ConcreteCase smallest = Shrink(pool, new(2, 3, 8, 8), c =>
            ((c.Spec as FractionalMaxPool2d)!.Samples ?? ((FractionalMaxPool2d)c.Spec).DrawSamples(c.Input)).Elements.Contains(wanted));
        Assert.Equal(1, smallest.Input.Planes);
        Assert.Equal(wanted, ((FractionalMaxPool2d)smallest.Spec).Samples!.Elements[0]);

        OperatorCase unpool = OperatorCases.All.First(item => item.Spec is MaxUnpool2d && item.Input.Planes == 6);
        ConcreteCase two = Shrink(unpool.Spec, unpool.Input, c =>
            ((MaxUnpool2d)c.Spec).Indices.Elements.ToArray().Chunk(c.Input.PlaneSize).Any(plane => plane.Distinct().Count() < plane.Length));
        long[] same = ((MaxUnpool2d)two.Spec).Indices.Elements.ToArray();
        Assert.Equal(2, same.Length);
        Assert.Equal(same[0], same[1]);
    }

    [Fact]
    public void A_fault_in_one_place_is_found_in_its_smallest_place()
    {
        // Wrong beyond the 16th column, as a tail that is left out.
        using var backend = new DistortedBackend((_, _, output, y) =>
        {
            for (int i = 0; i < y.Length; i++)
                y[i] = i % output.W >= 16 ? y[i] + 1 : y[i];
        });
        var verifier = new Verifier(backend, new ReferenceOperators());
        OperatorCase wide = OperatorCases.All.First(item => item.Spec is Conv2d && item.Input.W > 30);
        CaseResult failing = verifier.Run(ConcreteCase.Of(wide, "test"));
        Assert.False(failing.Passed);

        CaseResult smallest = verifier.Shrink(failing, _later);

        Assert.False(smallest.Passed);
        TensorShape output = smallest.Report!.Shape;
        Assert.Equal(new TensorShape(1, 1, 1, 17), output);
        Assert.Equal(16, smallest.Report.Worst!.Value.W);
    }

    [Fact]
    public void Time_that_is_up_ends_it()
    {
        ConcreteCase item = ConcreteCase.Of(OperatorCases.All[100], "test");
        Assert.Equal(item.X, CaseShrinker.Shrink(item, _ => true, DateTime.UtcNow.AddSeconds(-1)).X);
    }
}
