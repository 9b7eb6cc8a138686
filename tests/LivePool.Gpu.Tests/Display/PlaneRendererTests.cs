using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu.Context;
using LivePool.Gpu.Display;
using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Tests.Display;

/// <summary>What is drawn, read back from a framebuffer with its top row first.</summary>
public sealed class PlaneRendererTests : IDisposable
{
    private const int Width = 24;
    private const int Height = 20;
    private static readonly PlaneRange _bytes = new(0, 255);

    private readonly GpuContext _context = GpuContext.CreateHeadless(debug: true);
    private readonly GL _gl;
    private readonly PlaneRenderer _renderer;
    private readonly PlaneTextures _textures;

    public PlaneRendererTests()
    {
        _gl = _context.Gl;
        _renderer = new PlaneRenderer(_gl, ShaderFolder.Locate());
        _textures = new PlaneTextures(_gl);
        uint target = _gl.GenRenderbuffer();
        _gl.BindRenderbuffer(RenderbufferTarget.Renderbuffer, target);
        _gl.RenderbufferStorage(RenderbufferTarget.Renderbuffer, InternalFormat.Rgba8, Width, Height);
        _gl.BindFramebuffer(FramebufferTarget.Framebuffer, _gl.GenFramebuffer());
        _gl.FramebufferRenderbuffer(FramebufferTarget.Framebuffer, FramebufferAttachment.ColorAttachment0, RenderbufferTarget.Renderbuffer, target);
        _gl.ClearColor(0, 0, 1, 1);
        _gl.Clear(ClearBufferMask.ColorBufferBit);
        // State that a window's other code may leave behind.
        _gl.Enable(EnableCap.DepthTest);
        _gl.Enable(EnableCap.ScissorTest);
        _gl.Enable(EnableCap.CullFace);
        _gl.Scissor(0, 0, 1, 1);
        _gl.ColorMask(false, false, false, false);
        _gl.PixelStore(PixelStoreParameter.UnpackRowLength, 99);
        _gl.PixelStore(PixelStoreParameter.UnpackSkipRows, 3);
        _renderer.Begin(Width, Height);
    }

    [Fact]
    public void Row_0_is_on_top_and_column_0_on_the_left()
    {
        _textures.Upload([0, 50, 100, 150, 200, 250], new(1, 1, 2, 3));
        _renderer.DrawPlane(_textures, 0, new(0, 0, 3, 2), _bytes);
        Assert.Equal([0, 50, 100, 150, 200, 250], Greys(new(0, 0, 3, 2)));
    }

    [Fact]
    public void Three_planes_are_red_green_and_blue_and_a_NaN_of_one_is_magenta()
    {
        _textures.Upload([0, 255, 1, 10, 128, 300, 20, -5, float.NaN], new(1, 3, 1, 3));
        _renderer.DrawColour(_textures, 0, new(0, 0, 3, 1), _bytes);
        Assert.Equal([0xFF000A14u, 0xFFFF8000u, 0xFFFF00FFu], ((int[])[0, 1, 2]).Select(x => Pixel(x, 0)));
        // Minified it is the mean of each.
        _textures.Upload([0, 100, 50, 150, 200, 250], new(1, 3, 1, 2));
        _renderer.DrawColour(_textures, 0, new(4, 0, 1, 1), _bytes);
        Assert.Equal(0xFF3264E1u, Pixel(4, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _renderer.DrawColour(_textures, 1, new(0, 0, 3, 1), _bytes));
    }

    [Fact]
    public void A_plane_fills_its_rectangle_and_nothing_else()
    {
        _textures.Upload([255, 255], new(1, 1, 1, 2));
        _renderer.DrawPlane(_textures, 0, new(5, 3, 4, 2), _bytes);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                bool inside = x is >= 5 and < 9 && y is >= 3 and < 5;
                Assert.Equal(inside ? 0xFFFFFFFFu : 0xFF0000FFu, Pixel(x, y));
            }
        }
    }

    [Fact]
    public void Magnified_texels_are_squares()
    {
        _textures.Upload([10, 20, 30, 40], new(1, 1, 2, 2));
        _renderer.DrawPlane(_textures, 0, new(2, 1, 6, 4), _bytes);
        int[] top = [10, 10, 10, 20, 20, 20];
        int[] bottom = [30, 30, 30, 40, 40, 40];
        Assert.Equal([.. top, .. top, .. bottom, .. bottom], Greys(new(2, 1, 6, 4)));
    }

    [Fact]
    public void A_minified_pixel_is_the_mean_of_what_it_covers()
    {
        _textures.Upload([0, 10, 100, 200, 20, 30, 0, 100], new(1, 1, 2, 4));
        _renderer.DrawPlane(_textures, 0, new(0, 0, 2, 1), _bytes);
        Assert.Equal([15, 100], Greys(new(0, 0, 2, 1)));
    }

    [Fact]
    public void A_rectangle_that_sticks_out_shows_the_right_part()
    {
        _textures.Upload(Backends.Ramp(16), new(1, 1, 4, 4));
        _renderer.DrawPlane(_textures, 0, new(-2, -1, 4, 4), _bytes);
        _renderer.DrawPlane(_textures, 0, new(Width - 1, Height - 1, 4, 4), _bytes);
        Assert.Equal([6, 7, 10, 11], Greys(new(0, 0, 2, 2)));
        Assert.Equal([0], Greys(new(Width - 1, Height - 1, 1, 1)));
    }

    [Fact]
    public void Values_map_to_grey_by_the_range_and_round_half_up()
    {
        float inf = float.PositiveInfinity;
        float[] values = [-10, -1, 0.5f, 1, 3, inf, -inf, -1 + 2 * 0.49f / 255, -1 + 2 * 0.51f / 255, -1 + 2 * 254.51f / 255];
        _textures.Upload(values, new(1, 1, 1, values.Length));
        _renderer.DrawPlane(_textures, 0, new(0, 0, values.Length, 1), new(-1, 1));
        Assert.Equal([0, 0, 191, 255, 255, 255, 0, 0, 1, 255], Greys(new(0, 0, values.Length, 1)));
    }

    [Fact]
    public void NaN_is_magenta_and_a_range_of_one_value_is_black()
    {
        _textures.Upload([float.NaN, 7, 9], new(1, 1, 1, 3));
        _renderer.DrawPlane(_textures, 0, new(0, 0, 3, 1), new(7, 7));
        Assert.Equal([0xFFFF00FFu, 0xFF000000u, 0xFFFFFFFFu], [Pixel(0, 0), Pixel(1, 0), Pixel(2, 0)]);
    }

    [Fact]
    public void Heat_is_black_then_blue_to_yellow_then_red()
    {
        _textures.Upload([0, 0.001f, 0.5f, 1, 1.01f, float.PositiveInfinity], new(1, 1, 1, 6));
        _renderer.DrawHeat(_textures, 0, new(0, 0, 6, 1));
        uint[] colors = [.. Enumerable.Range(0, 6).Select(x => Pixel(x, 0))];
        Assert.Equal([0xFF000000u, 0xFFFC_E826u, 0xFFFF1A1Au, 0xFFFF1A1Au], [colors[0], colors[3], colors[4], colors[5]]);
        Assert.True((colors[1] & 0xFF) > (colors[1] >> 8 & 0xFF), $"{colors[1]:X} is not blue");
        Assert.True((colors[2] >> 8 & 0xFF) > (colors[2] >> 16 & 0xFF) + 64, $"{colors[2]:X} is not green");
    }

    [Fact]
    public void Minified_heat_is_the_hottest_element()
    {
        float[] heat = new float[400];
        heat[237] = 2;
        _textures.Upload(heat, new(1, 1, 20, 20));
        _renderer.DrawHeat(_textures, 0, new(0, 0, 4, 4));
        for (int i = 0; i < 16; i++)
            Assert.Equal(i == 11 ? 0xFFFF1A1Au : 0xFF000000u, Pixel(i % 4, i / 4));
    }

    [Fact]
    public void A_stage_s_buffer_is_shown_without_a_copy_on_the_CPU()
    {
        using var backend = new GpuBackend(_context, ShaderFolder.Locate(), Backends.Strict);
        var shape = new TensorShape(1, 2, 2, 3);
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(Pointwise.ScaleOffset(10), 2), shape);
        compiled.Run(Backends.Ramp(12));
        _textures.Upload(compiled.OutputBuffer(0), shape);
        _renderer.DrawPlane(_textures, 1, new(0, 0, 3, 2), _bytes);
        Assert.Equal([60, 70, 80, 90, 100, 110], Greys(new(0, 0, 3, 2)));
    }

    [Fact]
    public void An_image_and_a_rectangle_blend_by_premultiplied_alpha()
    {
        using var image = new RgbaTexture(_gl);
        // Rows top to bottom: red, clear; half white, black.
        image.Upload([255, 0, 0, 255, 0, 0, 0, 0, 128, 128, 128, 128, 0, 0, 0, 255], 2, 2);
        _renderer.DrawRgba(image, new(1, 1, 2, 2));
        Assert.Equal([0xFFFF0000u, 0xFF0000FFu, 0xFF8080FFu, 0xFF000000u], [Pixel(1, 1), Pixel(2, 1), Pixel(1, 2), Pixel(2, 2)]);
        _renderer.FillRectangle(new(10, 10, 2, 1), 0, 1, 0);
        Assert.Equal([0xFF00FF00u, 0xFF00FF00u, 0xFF0000FFu, 0xFF0000FFu], [Pixel(10, 10), Pixel(11, 10), Pixel(12, 10), Pixel(10, 11)]);
    }

    [Fact]
    public void A_frame_allocates_nothing_on_the_managed_heap()
    {
        using var image = new RgbaTexture(_gl);
        var floats = new float[12];
        var bytes = new byte[16];
        Frame();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5; i++)
            Frame();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Frame()
        {
            _textures.Upload(floats, new(1, 1, 3, 4));
            image.Upload(bytes, 2, 2);
            _renderer.Begin(Width, Height);
            _renderer.DrawPlane(_textures, 0, new(0, 0, 4, 3), _bytes);
            _renderer.DrawRgba(image, new(0, 0, 4, 3));
            _renderer.FillRectangle(new(0, 0, 4, 3), 1, 1, 1);
        }
    }

    [Fact]
    public void Sizes_beyond_the_device_s_textures_are_refused()
    {
        int size = _gl.GetInteger(GetPName.MaxTextureSize);
        int layers = _gl.GetInteger(GetPName.MaxArrayTextureLayers);
        foreach (TensorShape shape in (TensorShape[])[new(1, 1, 1, size + 1), new(1, 1, size + 1, 1), new(1, layers + 1, 1, 1)])
        {
            var e = Assert.Throws<LivePoolException>(() => _textures.Upload(0, shape));
            Assert.Equal($"planes of shape {shape} cannot be shown: this device's textures have at most {size}x{size} texels " +
                $"and {layers} layers; use smaller frames", e.Message);
        }
        Assert.Throws<LivePoolException>(() => _textures.Upload(new float[5], new(1, 1, 2, 3)));

        using var image = new RgbaTexture(_gl);
        foreach ((int width, int height) in ((int, int)[])[(size + 1, 1), (1, size + 1)])
        {
            var e = Assert.Throws<LivePoolException>(() => image.Upload(new byte[4 * (size + 1)], width, height));
            Assert.Equal($"an image of {width}x{height} pixels is larger than this device's {size}x{size}", e.Message);
        }
    }

    [Fact]
    public void Textures_at_the_device_s_limit_are_shown()
    {
        int size = _gl.GetInteger(GetPName.MaxTextureSize);
        float[] row = new float[size];
        row.AsSpan(size / 2).Fill(255);
        _textures.Upload(row, new(1, 1, 1, size));
        _renderer.DrawPlane(_textures, 0, new(0, 0, 2, 1), _bytes);
        _textures.Upload(row, new(1, 1, size, 1));
        _renderer.DrawPlane(_textures, 0, new(0, 1, 1, 2), _bytes);
        Assert.Equal([0, 255, 0], [.. Greys(new(0, 0, 2, 1)), .. Greys(new(0, 1, 1, 1))]);
        Assert.Equal([255], Greys(new(0, 2, 1, 1)));
    }

    [Fact]
    public void Textures_beyond_the_device_s_memory_are_refused_and_smaller_ones_shown_after()
    {
        int size = _gl.GetInteger(GetPName.MaxTextureSize);
        var shape = new TensorShape(1, 1, size, size);
        int layers = Math.Min(_gl.GetInteger(GetPName.MaxArrayTextureLayers), (int)(Array.MaxLength / (long)shape.PlaneSize));
        Exception? e = Record.Exception(() => _textures.Upload(0, shape with { C = layers }));
        // A large GPU may have the 8 GB.
        if (e is not null || _context.Device.IsSoftware)
            Assert.Equal($"there is no memory to show {layers} planes of {size}x{size}; use smaller frames", e?.Message);
        _textures.Upload([255, 0], new(1, 1, 1, 2));
        _renderer.DrawPlane(_textures, 0, new(0, 0, 2, 1), _bytes);
        Assert.Equal([255, 0], Greys(new(0, 0, 2, 1)));
    }

    public void Dispose()
    {
        GLEnum error = _gl.GetError();
        _textures.Dispose();
        _renderer.Dispose();
        _context.Dispose();
        Assert.Equal(GLEnum.NoError, error);
    }

    private int[] Greys(PixelRectangle area)
    {
        var greys = new List<int>();
        for (int y = area.Y; y < area.Y + area.Height; y++)
        {
            for (int x = area.X; x < area.X + area.Width; x++)
            {
                uint pixel = Pixel(x, y);
                Assert.Equal(pixel & 0xFF, pixel >> 16 & 0xFF);
                greys.Add((int)(pixel & 0xFF));
            }
        }
        return [.. greys];
    }

    /// <summary>0xAARRGGBB; y counts from the top.</summary>
    private unsafe uint Pixel(int x, int y)
    {
        byte* rgba = stackalloc byte[4];
        _gl.ReadPixels(x, Height - 1 - y, 1, 1, PixelFormat.Rgba, PixelType.UnsignedByte, rgba);
        return (uint)(rgba[3] << 24 | rgba[0] << 16 | rgba[1] << 8 | rgba[2]);
    }
}
