using CsCheck;
using LivePool.Core.Operators;

namespace LivePool.Core.Tests.Operators;

public sealed class WindowAxisTests
{
    private static readonly Gen<WindowAxis> _axes = Gen.Select(
        Gen.Int[1, 9], Gen.Int[1, 6], Gen.Int[1, 4], Gen.Int[0, 8], Gen.Int[0, 8],
        (kernel, stride, dilation, before, after) => new WindowAxis(kernel, stride, dilation, before, after));

    private static readonly Gen<(WindowAxis, int)> _axesAndInputs = Gen.Select(_axes, Gen.Int[1, 40]);

    /// <summary>Counts windows one at a time instead of dividing.</summary>
    private static long Count(WindowAxis axis, int input, bool ceilMode)
    {
        long padded = input + (long)axis.Before + axis.After;
        long count = 0;
        for (long start = 0; ; start += axis.Stride, count++)
        {
            // A partial window counts in ceil mode if a step further back would have held it whole; it then starts
            // within the input or the padding before it.
            bool whole = start + axis.Extent <= padded;
            bool partial = ceilMode && start - (axis.Stride - 1) + axis.Extent <= padded && start < input + (long)axis.Before;
            if (!whole && !partial)
                return count;
        }
    }

    [Fact]
    public void Floor_counts_the_whole_windows() => _axesAndInputs.Sample((axis, input) =>
        Assert.Equal(Count(axis, input, false), Math.Max(0, axis.OutputLength(input, false))));

    [Fact]
    public void Ceil_counts_the_partial_windows_too() => _axesAndInputs.Sample((axis, input) =>
    {
        long output = Math.Max(0, axis.OutputLength(input, true));
        // PyTorch drops at most one window for starting beyond the input, however much padding follows.
        long expected = Count(axis, input, true);
        long floor = Math.Max(0, axis.OutputLength(input, false));
        if (axis.Before == axis.After && axis.Before <= axis.Extent / 2)
            Assert.Equal(expected, output);
        Assert.InRange(output, floor - 1, floor + 1);
    });

    [Fact]
    public void A_pools_last_window_starts_before_the_input_ends() => _axesAndInputs.Sample((axis, input) =>
    {
        if (axis.Before != axis.After || axis.Before > axis.Extent / 2)
            return;
        foreach (bool ceilMode in new[] { false, true })
        {
            long output = axis.OutputLength(input, ceilMode);
            if (output >= 1)
                Assert.True((output - 1) * axis.Stride - axis.Before < input);
        }
    });

    [Fact]
    public void A_first_window_is_there_if_and_only_if_it_fits() => _axesAndInputs.Sample((axis, input) =>
    {
        long padded = input + (long)axis.Before + axis.After;
        Assert.Equal(axis.Extent <= padded, axis.OutputLength(input, false) >= 1);
        Assert.Equal(axis.Extent <= padded + axis.Stride - 1, axis.OutputLength(input, true) >= 1);
    });

    [Fact]
    public void More_input_never_makes_fewer_windows() => _axesAndInputs.Sample((axis, input) =>
    {
        if (axis.Before != axis.After || axis.Before > axis.Extent / 2)
            return;
        foreach (bool ceilMode in new[] { false, true })
            Assert.InRange(axis.OutputLength(input + 1, ceilMode) - axis.OutputLength(input, ceilMode), 0, 1);
    });

    [Fact]
    public void Stride_1_with_same_padding_keeps_the_length() => _axesAndInputs.Sample((axis, input) =>
    {
        Padding same = Padding.Same.Resolve(axis.Kernel, axis.Dilation);
        WindowAxis kept = axis with { Stride = 1, Before = same.Top, After = same.Bottom };
        Assert.Equal(input, kept.OutputLength(input, false));
        Assert.Equal(input, kept.OutputLength(input, true));
        Assert.InRange(same.Bottom - same.Top, 0, 1);
    });
}
