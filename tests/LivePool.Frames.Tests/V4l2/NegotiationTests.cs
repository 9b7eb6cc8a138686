using LivePool.Frames.V4l2;

namespace LivePool.Frames.Tests.V4l2;

/// <summary>Which mode a camera is set to.</summary>
public sealed class NegotiationTests
{
    [Fact]
    public void A_size_that_no_camera_has_is_not_the_nearest()
    {
        OfferedFormat[] offered = [new(Videodev2.PixFmtYuyv, [new(160, 32), new(int.MaxValue, int.MaxValue)])];
        CameraMode mode = Negotiation.Choose(new("camera:0", "0", null, null, null), offered, (_, _, _) => [])!.Value;
        Assert.Equal((160, 32), (mode.Width, mode.Height));
    }

    [Theory]
    [InlineData(0.0004)]
    [InlineData(0.1)]
    [InlineData(0.999)]
    [InlineData(1)]
    [InlineData(29.97)]
    [InlineData(1000)]
    [InlineData(1e-9)]
    public void A_rate_that_a_camera_does_not_name_is_near_what_was_asked_for(double rate)
    {
        FrameInterval interval = new IntervalRange(new(1, uint.MaxValue), new(uint.MaxValue, 1)).Nearest(rate);
        Assert.True(interval is { Numerator: > 0, Denominator: > 0 }, $"{interval.Numerator}/{interval.Denominator} s");
        Assert.InRange(interval.FramesPerSecond / rate, rate < 1e-6 ? 0 : 0.999, rate < 1e-6 ? 1000 : 1.001);
    }
}
