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
}
