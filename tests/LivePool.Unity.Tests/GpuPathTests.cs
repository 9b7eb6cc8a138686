using LivePool.Unity.Stub;
using UnityEngine;

namespace LivePool.Unity.Tests;

/// <summary>The component where Unity draws with OpenGL: textures in, textures out, in a real context of the render thread.</summary>
public sealed class GpuPathTests : IDisposable
{
    private const int OpenGLCore = 17;
    private const int OpenGLES3 = 11;
    private readonly Picture _picture = Picture.Noise(37, 22);
    private Player? _player;

    public void Dispose() => _player?.Dispose();

    private LivePoolCamera Camera => _player!.Camera;

    private RenderThread RenderThread => _player!.RenderThread;

    /// <summary>A player whose component is enabled; from a render texture unless a webcam is wanted.</summary>
    private void Play(
        int renderer, Func<ITextureDevice> createDevice, string pipeline = "edge24", CameraBackend backend = CameraBackend.Automatic, bool webcam = false)
    {
        _player = new Player(renderer, createDevice);
        (Camera.Pipeline, Camera.Backend) = (pipeline, backend);
        if (!webcam)
        {
            Camera.Source = new RenderTexture(_picture.Width, _picture.Height, 0);
            Camera.Source.Draw(_picture.Pixels);
        }
        _player.Enable();
        if (webcam)
            WebCamTexture.Last!.Show(_picture.Width, _picture.Height, _picture.Pixels);
    }

    private void PlayOnGl(string pipeline = "edge24", CameraBackend backend = CameraBackend.Automatic, bool webcam = false) =>
        Play(OpenGLCore, GlDevice.Create, pipeline, backend, webcam);

    private int CountObjects() => RenderThread.Ask(device => ((GlDevice)device).CountObjects());

    private static void AssertWithin(int most, byte[] expected, byte[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual, (one, other) => Math.Abs(one - other)).Max(), 0, most);
    }

    [Theory]
    // Whole numbers are the same on both.
    [InlineData("edge24", false, 0)]
    [InlineData("edge24", true, 0)]
    [InlineData("gaussian", false, 1)]
    [InlineData("cnn", true, 1)]
    public void The_texture_is_the_same_on_the_GPU_and_on_the_CPU(string pipeline, bool webcam, int most)
    {
        var shown = new Dictionary<CameraBackend, byte[]>();
        foreach (CameraBackend backend in (CameraBackend[])[CameraBackend.Gpu, CameraBackend.Cpu])
        {
            PlayOnGl(pipeline, backend, webcam);
            _player!.Update(2);
            Assert.Equal(backend == CameraBackend.Gpu, Camera.IsOnGpu);
            shown.Add(backend, Camera.Output.Read());
            Assert.Empty(FakeHost.Log);
            Assert.Empty(Debug.Warnings);
            _player.Dispose();
            _player = null;
        }
        AssertWithin(most, shown[CameraBackend.Cpu], shown[CameraBackend.Gpu]);
        AssertWithin(most, _picture.Shown(pipeline), shown[CameraBackend.Gpu]);
    }

    [Theory]
    [InlineData(CameraBackend.Gpu)]
    [InlineData(CameraBackend.Cpu)]
    public void The_output_s_row_0_is_the_picture_s_top_row(CameraBackend backend)
    {
        PlayOnGl("""{"in_channels":3,"stages":[{"op":"relu"}]}""", backend);
        _player!.Update(2);
        byte[] expected = [.. _picture.Rgba.Select((value, i) => i % 4 == 3 ? byte.MaxValue : value)];
        Assert.Equal(expected, Camera.Output.Read());
        // As Unity has it: the source's row 0 is the lowest.
        Assert.Equal(_picture.Rgba[..4], Camera.Source.Read()[(4 * _picture.Width * (_picture.Height - 1))..][..4]);
    }

    [Fact]
    public void Nothing_goes_through_the_CPU_and_pointers_are_asked_for_once()
    {
        PlayOnGl(backend: CameraBackend.Automatic);
        _player!.Update(3);
        int asked = RenderThread.PointersAsked, invalidations = GL.Invalidations;
        for (int seed = 2; seed < 8; seed++)
        {
            Picture next = Picture.Noise(_picture.Width, _picture.Height, seed);
            Camera.Source.Draw(next.Pixels);
            _player.Update();
            Assert.Equal(next.Shown("edge24"), Camera.Output.Read());
        }
        Assert.Equal(0, RenderThread.Copies);
        Assert.Equal(asked, RenderThread.PointersAsked);
        // Unity is told after each event.
        Assert.Equal(invalidations + 6, GL.Invalidations);
        Assert.True(Camera.IsOnGpu);
    }

    [Fact]
    public void A_webcam_without_a_texture_yet_is_waited_for()
    {
        _player = new Player(OpenGLCore, GlDevice.Create);
        _player.Enable();
        WebCamTexture webcam = WebCamTexture.Last!;
        webcam.didUpdateThisFrame = true;
        _player.Update(3);
        Assert.True(Camera.Output is null);
        webcam.Show(_picture.Width, _picture.Height, _picture.Pixels);
        _player.Update(2);
        Assert.Equal(_picture.Shown("edge24"), Camera.Output!.Read());
        Assert.True(Camera.IsOnGpu);
        Assert.Empty(FakeHost.Log);
    }

    [Fact]
    public void The_output_follows_the_source_s_size_and_the_pipeline()
    {
        PlayOnGl();
        _player!.Update(2);
        Texture2D first = Camera.Output;

        Picture large = Picture.Noise(60, 50);
        Camera.Source.Release();
        (Camera.Source.width, Camera.Source.height) = (large.Width, large.Height);
        Camera.Source.Draw(large.Pixels);
        _player.Update(2);
        Assert.True(first.IsDestroyed);
        Assert.Equal(large.Shown("edge24"), Camera.Output.Read());

        Camera.Pipeline = "sobel";
        Camera.Range = new Vector2(-1020, 1020);
        _player.Update(2);
        AssertWithin(1, large.Shown("sobel", -1020, 1020), Camera.Output.Read());

        // Another texture of another size.
        Camera.Source = new RenderTexture(_picture.Width, _picture.Height, 0);
        Camera.Source.Draw(_picture.Pixels);
        _player.Update(2);
        AssertWithin(1, _picture.Shown("sobel", -1020, 1020), Camera.Output.Read());
        Assert.True(Camera.IsOnGpu);
        Assert.Empty(FakeHost.Log);
    }

    [Fact]
    public void A_webcam_that_is_slower_than_Unity_falls_back_too()
    {
        // Textures have no four channels; the CPU says so by an exception.
        PlayOnGl("""{"in_channels":4,"stages":[{"op":"relu"}]}""", webcam: true);
        Assert.Throws<LivePoolException>(() =>
        {
            for (int frame = 0; frame < 12; frame++)
            {
                WebCamTexture.Last!.didUpdateThisFrame = frame % 3 == 0;
                _player!.Update();
            }
        });
        Assert.False(Camera.IsOnGpu);
        Assert.Single(Debug.Warnings);
    }

    [Fact]
    public void A_source_that_is_released_is_waited_for()
    {
        PlayOnGl();
        _player!.Update(2);
        Camera.Source.Release();
        _player.Update(5);
        Camera.Source.Draw(_picture.Pixels);
        _player.Update(2);
        Assert.Equal(_picture.Shown("edge24"), Camera.Output.Read());
        Assert.True(Camera.IsOnGpu);
        Assert.Empty(Debug.Warnings);
    }

    [Fact]
    public void A_source_that_is_created_again_under_another_name_is_found()
    {
        PlayOnGl();
        _player!.Update(2);
        Camera.Source.Release();
        // Takes the name that is free now.
        new RenderTexture(20, 20, 0).Create();
        Picture next = Picture.Noise(_picture.Width, _picture.Height, 3);
        Camera.Source.Draw(next.Pixels);
        _player.Update(5);
        Assert.Equal(next.Shown("edge24"), Camera.Output.Read());
        Assert.True(Camera.IsOnGpu);
        Assert.Empty(Debug.Warnings);
    }

    [Fact]
    public void A_render_thread_that_is_behind_writes_no_result_to_a_texture_of_another_size()
    {
        PlayOnGl();
        _player!.Update(2);
        RenderThread.IsBehind = true;
        _player.Update();
        Picture large = Picture.Noise(60, 50);
        Camera.Source = new RenderTexture(large.Width, large.Height, 0);
        Camera.Source.Draw(large.Pixels);
        // The former size's shape is all that is known in the next frame.
        _player.Update(2);
        Camera.Pipeline = "sobel";
        _player.Update(2);
        Camera.Source.Draw(large.Pixels);
        for (int i = 0; i < 4; i++)
        {
            RenderThread.Wait();
            _player.Update();
        }
        RenderThread.Wait();
        AssertWithin(1, large.Shown("sobel"), Camera.Output.Read());
        Assert.True(Camera.IsOnGpu);
        Assert.Empty(FakeHost.Log);
    }

    [Theory]
    [InlineData(CameraBackend.Gpu)]
    [InlineData(CameraBackend.Cpu)]
    public void Both_threads_may_work_while_all_changes(CameraBackend backend)
    {
        PlayOnGl(backend: backend);
        _player!.IsFree = true;
        Picture picture = _picture;
        for (int frame = 0; frame < 400; frame++)
        {
            if (frame % 7 == 0)
                Camera.Pipeline = frame % 2 == 0 ? "edge24" : """{"stages":[{"op":"max_pool2d","kernel_size":2}]}""";
            if (frame % 11 == 0)
                Camera.Range = new Vector2(frame, 1000);
            if (frame % 5 == 0)
            {
                picture = Picture.Noise(20 + frame % 3, 30, frame);
                Camera.Source = new RenderTexture(picture.Width, picture.Height, 0);
            }
            Camera.Source.Draw(picture.Pixels);
            _player.Update();
        }
        // The frame that was submitted last may have met a run.
        _player.IsFree = false;
        _player.Update(3);
        AssertWithin(1, picture.Shown(Camera.Pipeline, Camera.Range.x, 1000), Camera.Output.Read());
        Assert.Equal(backend == CameraBackend.Gpu, Camera.IsOnGpu);
        Assert.Empty(FakeHost.Log);
    }

    [Fact]
    public void A_component_that_is_disabled_leaves_nothing_in_the_context()
    {
        _player = new Player(OpenGLCore, GlDevice.Create);
        Camera.Source = new RenderTexture(_picture.Width, _picture.Height, 0);
        Camera.Source.Draw(_picture.Pixels);
        Assert.NotEqual(IntPtr.Zero, Texture2D.blackTexture.GetNativeTexturePtr());
        int before = CountObjects();
        // Again, behind, and without a frame.
        for (int i = 0; i < 3; i++)
        {
            RenderThread.IsBehind = i == 1;
            _player.Enable();
            _player.Update(3);
            Texture2D? output = Camera.Output;
            if (i != 1)
                Assert.InRange(CountObjects(), before + 5, int.MaxValue);
            _player.Disable();
            Assert.True(Camera.Output is null && output is null or { IsDestroyed: true });
            Assert.Equal(before, CountObjects());
        }
        Assert.Empty(Debug.Warnings);
        Assert.Empty(FakeHost.Log);
        Camera.Source = null;
        _player.Enable();
        _player.Update(2);
        _player.Disable();
        Assert.Equal(before, CountObjects());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Another_renderer_takes_the_CPU_and_only_who_asked_for_the_GPU_is_told(int renderer)
    {
        foreach (CameraBackend backend in Enum.GetValues<CameraBackend>())
        {
            Play(renderer, () => new MemoryDevice(), backend: backend);
            _player!.Update(3);
            Assert.False(Camera.IsOnGpu);
            Assert.Equal(_picture.Shown("edge24"), Camera.Output.Read());
            if (backend == CameraBackend.Gpu)
                Assert.Contains($"the renderer is {renderer}", Assert.Single(Debug.Warnings), StringComparison.Ordinal);
            else
                Assert.Empty(Debug.Warnings);
            _player.Dispose();
            _player = null;
        }
    }

    [Theory]
    [InlineData(CameraBackend.Automatic)]
    [InlineData(CameraBackend.Gpu)]
    public void A_context_without_compute_shaders_falls_back_to_the_CPU(CameraBackend backend)
    {
        Play(OpenGLES3, EsDevice.Create, backend: backend);
        AssertFallsBack("ES 3.1");
    }

    [Fact]
    public void A_render_thread_without_a_context_falls_back_to_the_CPU()
    {
        Play(OpenGLCore, () => new MemoryDevice());
        AssertFallsBack("no GL context is current");
    }

    private void AssertFallsBack(string reason)
    {
        Assert.True(Camera.IsOnGpu);
        _player!.Update(4);
        Assert.False(Camera.IsOnGpu);
        Assert.Equal(_picture.Shown("edge24"), Camera.Output.Read());
        Assert.Contains("status -6", Assert.Single(Debug.Warnings), StringComparison.Ordinal);
        Assert.Contains(FakeHost.Log, line => line.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_source_of_another_format_falls_back_to_the_CPU()
    {
        PlayOnGl();
        _player!.Update(2);
        Camera.Source = new RenderTexture(_picture.Width, _picture.Height, 0, RenderTextureFormat.ARGBHalf);
        Camera.Source.Draw(_picture.Pixels);
        _player.Update(4);
        Assert.False(Camera.IsOnGpu);
        Assert.Contains("ARGBHalf", Assert.Single(Debug.Warnings), StringComparison.Ordinal);
        Assert.Equal(_picture.Shown("edge24"), Camera.Output.Read());
    }

    [Fact]
    public void A_component_that_is_enabled_again_is_on_the_GPU_again()
    {
        PlayOnGl();
        RenderTexture source = Camera.Source;
        Camera.Source = new RenderTexture(_picture.Width, _picture.Height, 0, RenderTextureFormat.ARGBHalf);
        _player!.Update(2);
        Assert.False(Camera.IsOnGpu);
        Camera.Source = source;
        _player.Disable();
        _player.Enable();
        _player.Update(2);
        Assert.True(Camera.IsOnGpu);
        Assert.Equal(_picture.Shown("edge24"), Camera.Output.Read());
    }
}
