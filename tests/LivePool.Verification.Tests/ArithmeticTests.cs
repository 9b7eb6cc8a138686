using LivePool.Cpu.Reference;

namespace LivePool.Verification.Tests;

/// <summary>A backend's arithmetic is found by trying it, so that a flushing GPU is neither wronged nor excused.</summary>
public sealed class ArithmeticTests
{
    [Fact]
    public void The_reference_rounds_to_nearest_and_keeps_subnormals()
    {
        using var backend = new ReferenceBackend();
        Assert.Equal(new Arithmetic(ErrorBound.RoundToNearest), Arithmetic.Of(backend));
    }

    [Fact]
    public void A_result_that_is_wrong_is_no_flushing()
    {
        using var backend = new DistortedBackend((_, _, _, y) => y.AsSpan().Fill(0.25f));
        Assert.False(Arithmetic.Of(backend).FlushesSubnormals);
    }

    [Fact]
    public void A_device_that_flushes_is_found_out()
    {
        using var backend = new DistortedBackend((_, _, _, y) =>
        {
            foreach (ref float value in y.AsSpan())
                value = float.IsSubnormal(value) ? 0 : value;
        })
        {
            RoundsToNearest = false,
        };
        Assert.Equal(new Arithmetic(ErrorBound.AnyRounding, FlushesSubnormals: true), Arithmetic.Of(backend));
    }
}
