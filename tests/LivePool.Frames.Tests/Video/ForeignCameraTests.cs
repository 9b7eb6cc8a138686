using LivePool.Frames.V4l2;
using LivePool.Frames.Video;

namespace LivePool.Frames.Tests.Video;

public sealed class ForeignCameraTests
{
    [Theory]
    [InlineData("camera:0", true, "-f|avfoundation|-framerate|30|-i|0")]
    [InlineData("camera:FaceTime HD Camera?fps=29.97&format=nv12", true, "-f|avfoundation|-framerate|29.97|-pixel_format|nv12|-i|FaceTime HD Camera")]
    [InlineData("camera:Integrated \"Camera\" & more", false, "-f|dshow|-i|video=Integrated \"Camera\" & more")]
    [InlineData("camera:Cam?size=640x480&format=mjpeg", false, "-f|dshow|-video_size|640x480|-vcodec|mjpeg|-i|video=Cam")]
    [InlineData("camera:Cam?size=640x480&fps=15&format=yuyv", false, "-f|dshow|-video_size|640x480|-framerate|15|-pixel_format|yuyv422|-i|video=Cam")]
    [InlineData("camera:Cam?format=grey", false, "-f|dshow|-pixel_format|gray|-i|video=Cam")]
    public void What_the_user_asks_for_becomes_arguments_of_their_own(string source, bool isMac, string arguments) =>
        Assert.Equal(arguments.Split('|'), ForeignCamera.Input(CameraRequest.Parse(source, ImageLimits.Default), isMac));

    [Theory]
    [InlineData("camera:0", false, "give its name")]
    [InlineData("camera:0?format=mjpeg", true, "leave the format out")]
    public void What_there_is_not_is_refused_with_the_way_out(string source, bool isMac, string message)
    {
        CameraRequest request = CameraRequest.Parse(source, ImageLimits.Default);
        Assert.Contains(message, Assert.Throws<FrameSourceException>(() => ForeignCamera.Input(request, isMac)).Message, StringComparison.Ordinal);
    }
}
