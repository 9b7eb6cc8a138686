using LivePool.Unity.Stub;
using UnityEngine;

namespace LivePool.Unity.Tests;

/// <summary>The component against a stub of Unity and the real library, on the CPU: what a camera sees becomes a texture.</summary>
public sealed class LivePoolCameraTests : IDisposable
{
    private const int Direct3D11 = 2;
    private const string Pool = """{"stages":[{"op":"max_pool2d","kernel_size":2}]}""";

    private readonly Player _player = new(Direct3D11, () => new MemoryDevice());
    private readonly Picture _picture = Picture.Noise(12, 10);

    public LivePoolCameraTests() => Camera.Pipeline = Pool;

    private LivePoolCamera Camera => _player.Camera;

    public void Dispose() => _player.Dispose();

    private WebCamTexture Play()
    {
        _player.Enable();
        WebCamTexture webcam = WebCamTexture.Last!;
        Assert.True(webcam.isPlaying);
        webcam.Show(_picture.Width, _picture.Height, _picture.Pixels);
        return webcam;
    }

    [Fact]
    public void A_webcam_s_picture_becomes_feature_maps_from_the_top()
    {
        Camera.Device = "front";
        WebCamTexture webcam = Play();
        Assert.Equal("front", webcam.deviceName);
        _player.Update();
        // The size is known once the first frame has run.
        Assert.True(Camera.Output is null);
        _player.Update();
        Assert.Equal((6, 5), (Camera.Output!.width, Camera.Output.height));
        Assert.Equal(_picture.Shown(Pool), Camera.Output.Read());

        // A picture of the same size goes into the same texture.
        Texture2D output = Camera.Output;
        Picture next = Picture.Noise(12, 10, seed: 2);
        webcam.Show(next.Width, next.Height, next.Pixels);
        _player.Update();
        Assert.Same(output, Camera.Output);
        Assert.Equal(next.Shown(Pool), output.Read());
        _player.Disable();
        Assert.True(output.IsDestroyed && webcam.IsDestroyed && !webcam.isPlaying);
        Assert.True(Camera.Output is null);
    }

    [Fact]
    public void A_render_texture_is_read_instead_of_the_webcam()
    {
        Camera.Source = new RenderTexture(_picture.Width, _picture.Height, 0);
        Camera.Source.Draw(_picture.Pixels);
        _player.Enable();
        _player.Update(2);
        Assert.Equal(_picture.Shown(Pool), Camera.Output.Read());
        Assert.Empty(FakeHost.Log);
    }

    [Fact]
    public void Nothing_runs_before_the_first_picture()
    {
        _player.Enable();
        _player.Update(3);
        Assert.Empty(FakeHost.Log);
        Assert.True(Camera.Output is null);
    }

    [Fact]
    public void A_pipeline_that_is_changed_acts_at_once_and_the_texture_follows_its_size()
    {
        WebCamTexture webcam = Play();
        _player.Update(2);
        Texture2D small = Camera.Output;
        Camera.Pipeline = """{"stages":[{"op":"relu"}]}""";
        _player.Update(2);
        Assert.True(small.IsDestroyed);
        Assert.Equal((webcam.width, webcam.height), (Camera.Output.width, Camera.Output.height));
        Assert.Equal(_picture.Shown(Camera.Pipeline), Camera.Output.Read());
        Assert.Empty(FakeHost.Log);
    }

    [Fact]
    public void The_range_says_what_is_black_and_white()
    {
        Camera.Pipeline = "sobel";
        Camera.Range = new Vector2(-700, 900);
        Play();
        _player.Update(2);
        Assert.Equal(_picture.Shown("sobel", -700, 900), Camera.Output.Read());
    }

    [Fact]
    public void A_pipeline_that_is_wrong_says_why_and_a_right_one_mends_it()
    {
        Camera.Pipeline = """{"stages":[{"op":"conv3d"}]}""";
        var e = Assert.Throws<LivePoolException>(_player.Enable);
        Assert.Contains("conv3d", e.Message, StringComparison.Ordinal);
        Assert.Equal(-3, e.Status);
        _player.Update();
        WebCamTexture.Last!.Show(_picture.Width, _picture.Height, _picture.Pixels);
        Camera.Pipeline = Pool;
        _player.Update(2);
        Assert.Equal(_picture.Shown(Pool), Camera.Output.Read());
    }

    [Fact]
    public void An_engine_alone_runs_in_a_command_buffer_of_one_s_own()
    {
        using var engine = new LivePoolEngine("edge24");
        Assert.True(engine.TrySubmit(_picture.Pixels, FrameFormat.Rgba32, _picture.Width, _picture.Height, bottomFirst: true));
        var commands = new UnityEngine.Rendering.CommandBuffer();
        commands.IssuePluginEvent(LivePoolEngine.RenderEventFunction, engine.EventId);
        var output = new Texture2D(4, 3, TextureFormat.RGBA32, false);
        commands.IssuePluginCustomTextureUpdateV2(LivePoolEngine.TextureUpdateFunction, output, engine.TextureUserData);
        Graphics.ExecuteCommandBuffer(commands);
        Assert.Equal(_picture.Shown("edge24"), output.Read());
        Assert.Empty(FakeHost.Log);
    }

    [Fact]
    public void The_inspector_says_where_it_runs_once_it_does()
    {
        UnityEditor.EditorGUILayout.Labels.Clear();
        var inspector = new Editor.LivePoolCameraEditor { target = Camera };
        Play();
        inspector.OnInspectorGUI();
        Assert.Empty(UnityEditor.EditorGUILayout.Labels);
        _player.Update(2);
        inspector.OnInspectorGUI();
        Assert.Equal(["Runs on: CPU"], UnityEditor.EditorGUILayout.Labels);
    }

    [Fact]
    public void A_render_thread_that_is_behind_loses_nothing()
    {
        WebCamTexture webcam = Play();
        _player.Update(2);
        _player.RenderThread.IsBehind = true;
        Picture next = Picture.Noise(20, 8);
        webcam.Show(next.Width, next.Height, next.Pixels);
        _player.Update();
        Camera.Pipeline = "sobel";
        _player.Update();
        Camera.Range = new Vector2(-500, 500);
        _player.Update();
        _player.RenderThread.Wait();
        _player.Update();
        _player.RenderThread.Wait();
        Assert.Equal(next.Shown("sobel", -500, 500), Camera.Output.Read());
        _player.Update(5);
        _player.Disable();
        // What was issued before was done before.
        Assert.DoesNotContain(FakeHost.Log, line => line.Contains("no engine", StringComparison.Ordinal));
    }
}
