using Silk.NET.Core.Contexts;
using Silk.NET.Core.Loader;
using Silk.NET.Maths;
using Silk.NET.OpenGL;
using Silk.NET.Windowing;

namespace LivePool.Windowing.Tests;

[Collection(DesktopTests.Name)]
public class ContextTests(Desktop desktop)
{
    private static WindowOptions Options => Desktop.Options() with
    {
        API = new GraphicsAPI(
            ContextAPI.OpenGL, ContextProfile.Core, ContextFlags.ForwardCompatible, new APIVersion(4, 3)),
        PreferredDepthBufferBits = 0,
        Samples = 0,
    };

    [Fact]
    public void OpenGL_43_draws_into_the_window()
    {
        using IWindow window = Window.Create(Options);
        byte[] pixel = new byte[4];
        int major = 0, minor = 0, invocations = 0;
        window.Render += _ =>
        {
            using GL gl = GL.GetApi(window);
            gl.GetInteger(GLEnum.MajorVersion, out major);
            gl.GetInteger(GLEnum.MinorVersion, out minor);
            gl.GetInteger(GLEnum.MaxComputeWorkGroupInvocations, out invocations);
            gl.ClearColor(1f, 0.2f, 0f, 1f);
            gl.Clear(ClearBufferMask.ColorBufferBit);
            gl.ReadPixels(10, 20, 1, 1, PixelFormat.Rgba, PixelType.UnsignedByte, pixel.AsSpan());
            window.Close();
        };

        window.Run();

        Assert.Equal([255, 51, 0], pixel[..3]);
        Assert.True(major * 10 + minor >= 43, $"OpenGL {major}.{minor}");
        Assert.True(invocations >= 1024, $"{invocations} invocations in a compute work group");
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public void What_is_drawn_shows_when_swapped_automatically_or_by_hand(bool automatic, bool byHand, bool shows)
    {
        using IWindow window = Window.Create(Options with { ShouldSwapAutomatically = automatic });
        window.Initialize();
        using GL gl = GL.GetApi(window);
        int frames = 0;
        window.Render += _ =>
        {
            gl.ClearColor(0f, 1f, 0f, 1f);
            gl.Clear(ClearBufferMask.ColorBufferBit);
            gl.Finish();
            frames++;
            if (byHand)
                window.SwapBuffers();
        };

        Desktop.Turn(window, () => frames >= 10, "it renders");
        if (shows)
            Desktop.Turn(window, () => desktop.IsGreenAt(110, 140), "the screen is green");
        else
            Assert.False(desktop.IsGreenAt(110, 140));
    }

    [Fact]
    public void The_context_moves_between_windows_and_dies_with_its_own()
    {
        using IWindow first = Window.Create(Options);
        using IWindow second = Window.Create(Options);
        Assert.Throws<InvalidOperationException>(() => first.GLContext);
        first.Initialize();
        second.Initialize();
        IGLContext one = first.GLContext!, two = second.GLContext!;
        Assert.Same(first, one.Source);
        Assert.Equal((false, true), (one.IsCurrent, two.IsCurrent));

        first.MakeCurrent();
        Assert.Equal((true, false), (one.IsCurrent, two.IsCurrent));
        second.DoRender();
        Assert.Equal((false, true), (one.IsCurrent, two.IsCurrent));
        second.ClearContext();
        Assert.Equal((false, false), (one.IsCurrent, two.IsCurrent));
        Assert.Throws<SymbolLoadingException>(() => one.GetProcAddress("glClear"));

        first.Dispose();
        Assert.Equal(0, one.Handle);
        one.MakeCurrent();
        one.SwapBuffers();
        one.SwapInterval(1);
        one.Clear();
        Assert.False(one.TryGetProcAddress("glClear", out _));
        second.MakeCurrent();
        Assert.NotEqual(0, two.GetProcAddress("glClear"));
    }

    [Fact]
    public void A_window_without_an_API_has_no_context()
    {
        using IWindow window = Window.Create(Desktop.Options());
        Assert.Null(window.GLContext);
        window.Initialize();
        Assert.Null(window.GLContext);
        window.MakeCurrent();
        window.SwapBuffers();
        window.ClearContext();
    }

    [Fact]
    public void An_impossible_window_says_why()
    {
        var future = new GraphicsAPI(
            ContextAPI.OpenGL, ContextProfile.Core, ContextFlags.Default, new APIVersion(4, 99));
        using IWindow window = Window.Create(Options with { API = future });
        var exception = Assert.Throws<PlatformNotSupportedException>(window.Initialize);
        Assert.Contains("OpenGL 4.99 Core", exception.Message);
        Assert.Contains("GLFW error", exception.Message);
        Assert.False(window.IsInitialized);

        using IWindow flat = Window.Create(Desktop.Options() with { Size = new Vector2D<int>(0, 100) });
        Assert.Contains("0x100", Assert.Throws<PlatformNotSupportedException>(flat.Initialize).Message);

        using IWindow vulkan = Window.Create(
            Options with { API = new GraphicsAPI(ContextAPI.Vulkan, new APIVersion(1, 1)) });
        Assert.Contains("Vulkan", Assert.Throws<PlatformNotSupportedException>(vulkan.Initialize).Message);
    }
}
