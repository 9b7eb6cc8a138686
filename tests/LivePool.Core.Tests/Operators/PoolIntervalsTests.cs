using CsCheck;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Core.Tests.Operators;

/// <summary>Windows that no stride describes lie inside the input, whatever its size: backends read what they are told to.</summary>
public sealed class PoolIntervalsTests
{
    private static readonly Gen<(int Length, int Output)> _adaptive = Gen.Select(
        Gen.OneOf(Gen.Int[1, 40], Gen.Int[1, 1 << 30]), Gen.Int[1, 60], (length, output) => (length, output));

    private static int[] AdaptiveRows(int length, int output) =>
        new AdaptiveAvgPool2d(new AdaptiveSize(output, null)).Intervals(new(1, 1, length, 1)).Rows;

    [Fact]
    public void Adaptive_windows_are_the_ones_written_out()
    {
        Assert.Equal([0, 2, 1, 4, 3, 5], AdaptiveRows(5, 3));
        Assert.Equal([0, 1, 0, 2, 1, 2], AdaptiveRows(2, 3));
        Assert.Equal([0, 2, 2, 4, 4, 6], AdaptiveRows(6, 3));
        Assert.Equal([0, 7], AdaptiveRows(7, 1));
    }

    [Fact]
    public void Adaptive_windows_cover_the_input_in_order() => _adaptive.Sample(sizes =>
    {
        int[] pairs = AdaptiveRows(sizes.Length, sizes.Output);
        Assert.Equal((0, sizes.Length), (pairs[0], pairs[^1]));
        for (int i = 0; i < sizes.Output; i++)
        {
            Assert.Equal((long)i * sizes.Length / sizes.Output, pairs[2 * i]);
            Assert.Equal((long)Math.Ceiling((i + 1m) * sizes.Length / sizes.Output), pairs[2 * i + 1]);
            // No element is left out, and no window is empty.
            if (i > 0)
                Assert.True(pairs[2 * i] <= pairs[2 * i - 1]);
            Assert.True(pairs[2 * i] < pairs[2 * i + 1]);
        }
    });

    private static readonly Gen<(int Length, int Output, int Kernel, float Sample)> _fractional =
        from length in Gen.OneOf(Gen.Int[1, 60], Gen.Int[1 << 20, 1 << 22])
        from kernel in Gen.Int[1, Math.Min(length, 9)]
        from output in Gen.OneOf(Gen.Int[1, Math.Min(60, length - kernel + 1)], Gen.Int[1, length - kernel + 1])
        from bits in Gen.OneOf(Gen.Const(0), Gen.Const((1 << 24) - 1), Gen.Int[0, (1 << 24) - 1])
        select (length, output, kernel, bits * (1f / (1 << 24)));

    [Fact]
    public void Fractional_windows_lie_inside_in_order() =>
        _fractional.Sample(item => AssertInside(item.Length, item.Output, item.Kernel, item.Sample), iter: 300);

    // The last place but one: 2^24 - 3 + 0.5 rounds to 2^24 - 2, and that times 1.0000001 to 2^24, an element too far.
    [Fact]
    public void Fractional_windows_lie_inside_where_float32_counts_in_twos() => AssertInside(1 << 24, (1 << 24) - 1, 1, 0.5f);

    private static void AssertInside(int length, int output, int kernel, float sample)
    {
        var pool = new FractionalMaxPool2d(new Size2d(1, kernel))
        {
            OutputSize = new Size2d(1, output),
            Samples = new Tensor(new(1, 1, 1, 2), [sample, 0]),
        };
        int[] pairs = pool.Intervals(new(1, 1, 1, length)).Columns;
        Assert.True(output == 1 || pairs[0] == 0);
        Assert.Equal(length, pairs[^1]);
        int last = 0;
        bool isInside = true;
        for (int i = 0; i < pairs.Length; i += 2)
        {
            isInside &= pairs[i] >= last && pairs[i + 1] == pairs[i] + kernel && pairs[i + 1] <= length;
            last = pairs[i];
        }
        Assert.True(isInside);
    }

    [Fact]
    public void A_seed_draws_two_samples_for_each_plane_in_order()
    {
        TensorShape input = new(2, 3, 21, 34);
        var pool = new FractionalMaxPool2d(3) { OutputSize = new Size2d(8, 13), Seed = 5 };
        var given = pool with { Samples = new PyTorchInitializer(5).Uniform01(new(1, 2, 3, 2)), Seed = 0 };

        Assert.Equal(given.Intervals(input).Rows, pool.Intervals(input).Rows);
        Assert.Equal(given.Intervals(input).Columns, pool.Intervals(input).Columns);
        Assert.NotEqual((pool with { Seed = 6 }).Intervals(input).Columns, pool.Intervals(input).Columns);
    }
}
