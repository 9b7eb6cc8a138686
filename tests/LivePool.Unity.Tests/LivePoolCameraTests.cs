using UnityEngine;

namespace LivePool.Unity.Tests;

/// <summary>The component against a stub of Unity and the real library: what a camera sees becomes a texture.</summary>
public sealed class LivePoolCameraTests : IDisposable
{
    private const int Width = 12;
    private const int Height = 10;
    private readonly LivePoolCamera _camera = new() { Pipeline = """{"stages":[{"op":"max_pool2d","kernel_size":2}]}""" };

    public LivePoolCameraTests() => FakeHost.Load();

    public void Dispose() => FakeHost.Unload();

    /// <summary>Grey pixels, rows from the bottom as Unity has them.</summary>
    private static Color32[] Pixels(Func<int, int, byte> greyFromTop) =>
    [
        .. from y in Enumerable.Range(0, Height) from x in Enumerable.Range(0, Width)
           let grey = greyFromTop(x, Height - 1 - y) select new Color32(grey, grey, grey, 9),
    ];

    private static byte Grey(int x, int y) => (byte)(20 * y + x);

    private static byte[] Expected(Func<int, int, byte> grey) =>
    [
        .. from y in Enumerable.Range(0, Height / 2) from x in Enumerable.Range(0, Width / 2)
           let most = new[] { grey(2 * x, 2 * y), grey(2 * x + 1, 2 * y), grey(2 * x, 2 * y + 1), grey(2 * x + 1, 2 * y + 1) }.Max()
           from value in new[] { most, most, most, byte.MaxValue } select value,
    ];

    private WebCamTexture Play()
    {
        FakeHost.Send(_camera, "OnEnable");
        WebCamTexture webcam = WebCamTexture.Last!;
        Assert.True(webcam.IsPlaying);
        (webcam.width, webcam.height, webcam.Pixels, webcam.didUpdateThisFrame) = (Width, Height, Pixels(Grey), true);
        return webcam;
    }

    [Fact]
    public void A_webcams_picture_becomes_feature_maps_from_the_top()
    {
        _camera.Device = "front";
        WebCamTexture webcam = Play();
        Assert.Equal("front", webcam.Device);
        FakeHost.Send(_camera, "Update");
        // The size is known once the first frame has run.
        Assert.True(_camera.Output is null);
        FakeHost.Send(_camera, "Update");
        Assert.Equal((Width / 2, Height / 2), (_camera.Output!.width, _camera.Output.height));
        Assert.Equal(Expected(Grey), _camera.Output.Bytes);

        // A picture of the same size goes into the same texture.
        Texture2D output = _camera.Output;
        webcam.Pixels = Pixels((x, y) => (byte)(x * y));
        FakeHost.Send(_camera, "Update");
        Assert.Same(output, _camera.Output);
        Assert.Equal(Expected((x, y) => (byte)(x * y)), output.Bytes);
        FakeHost.Send(_camera, "OnDisable");
        Assert.True(output.IsDestroyed && webcam.IsDestroyed && !webcam.IsPlaying);
    }

    [Fact]
    public void A_render_texture_is_read_instead_of_the_webcam()
    {
        _camera.Source = new RenderTexture { width = Width, height = Height, Pixels = Pixels(Grey) };
        FakeHost.Send(_camera, "OnEnable");
        FakeHost.Send(_camera, "Update");
        FakeHost.Send(_camera, "Update");
        Assert.Equal(Expected(Grey), _camera.Output.Bytes);
        FakeHost.Send(_camera, "OnDisable");
    }

    [Fact]
    public void A_pipeline_that_is_changed_acts_at_once_and_the_texture_follows_its_size()
    {
        WebCamTexture webcam = Play();
        FakeHost.Send(_camera, "Update");
        FakeHost.Send(_camera, "Update");
        Texture2D small = _camera.Output;
        _camera.Pipeline = """{"stages":[{"op":"relu"}]}""";
        FakeHost.Send(_camera, "Update");
        FakeHost.Send(_camera, "Update");
        Assert.True(small.IsDestroyed);
        Assert.Equal((webcam.width, webcam.height), (_camera.Output.width, _camera.Output.height));
        Assert.Equal(Grey(3, 2), _camera.Output.Bytes[4 * (2 * Width + 3)]);
        FakeHost.Send(_camera, "OnDisable");
    }

    [Fact]
    public void A_pipeline_that_is_wrong_says_why()
    {
        _camera.Pipeline = """{"stages":[{"op":"conv3d"}]}""";
        var e = Assert.Throws<LivePoolException>(() => FakeHost.Send(_camera, "OnEnable"));
        Assert.Contains("conv3d", e.Message, StringComparison.Ordinal);
        Assert.Equal(-3, e.Status);
    }
}
