using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Frames;
using LivePool.Gpu.Context;
using LivePool.Gpu.Textures;
using LivePool.Shaders;
using Silk.NET.OpenGL;
using PixelFormat = LivePool.Frames.PixelFormat;

namespace LivePool.Gpu.Tests;

/// <summary>A host's textures as a pipeline's input and output, and the host's state around that.</summary>
public sealed class TextureTests : IDisposable
{
    private const int Width = 37;
    private const int Height = 21;
    private const int Count = Width * Height;

    private readonly GpuContext _context = GpuContext.CreateHeadless(debug: true);
    private readonly GpuBackend _backend;
    private readonly GL _gl;

    public TextureTests()
    {
        _gl = _context.Gl;
        DeviceLimits limits = DeviceLimits.Query(_gl) with { WorkGroupCountX = 1, WorkGroupCountY = 2 };
        _backend = new GpuBackend(_context, ShaderFolder.Locate(), Backends.Strict with { Limits = limits });
    }

    private static byte[] Noise(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private unsafe HostTexture Make<T>(
        T[]? pixels, InternalFormat format, Silk.NET.OpenGL.PixelFormat layout, PixelType type, bool isBottomFirst = false, int width = Width)
        where T : unmanaged
    {
        uint name = _gl.GenTexture();
        _gl.BindTexture(TextureTarget.Texture2D, name);
        _gl.PixelStore(PixelStoreParameter.UnpackAlignment, 1);
        fixed (T* first = pixels)
            _gl.TexImage2D(TextureTarget.Texture2D, 0, format, (uint)width, Height, 0, layout, type, first);
        return HostTexture.Describe(_context, name, isBottomFirst);
    }

    private HostTexture MakeRgba(byte[]? pixels, InternalFormat format = InternalFormat.Rgba8, bool isBottomFirst = false, int width = Width) =>
        Make(pixels, format, Silk.NET.OpenGL.PixelFormat.Rgba, PixelType.UnsignedByte, isBottomFirst, width);

    private GpuCompiledPipeline Compile(int channels, params OperatorSpec[] stages) =>
        _backend.Compile(new Pipeline("test", channels, [.. stages]), new TensorShape(1, channels, Height, Width));

    private float[] InputFrom(HostTexture texture, int channels)
    {
        using GpuCompiledPipeline compiled = Compile(channels, new MaxPool2d(1));
        compiled.RunOn(texture);
        float[] input = new float[channels * Count];
        compiled.ReadInput(input);
        Assert.Equal(input, compiled.Output(0));
        return input;
    }

    private static float[] Flipped(float[] planes) =>
        [.. planes.Chunk(Count).SelectMany(plane => plane.Chunk(Width).Reverse().SelectMany(row => row))];

    [Theory]
    [InlineData(InternalFormat.Rgba8)]
    // Stored values, as the CPU path takes them, not linear colours.
    [InlineData(InternalFormat.Srgb8Alpha8)]
    public void A_texture_s_bytes_become_the_input_that_the_same_picture_becomes(InternalFormat format)
    {
        byte[] pixels = Noise(4 * Count);
        byte[] grey = new byte[Count], red = new byte[Count], green = new byte[Count], blue = new byte[Count];
        PlanarConversion.Grey(PixelFormat.Rgba32, pixels, grey);
        PlanarConversion.Split(PixelFormat.Rgba32, pixels, red, green, blue);
        float[] colours = [.. red.Concat(green).Concat(blue).Select(value => (float)value)];

        Assert.Equal(grey.Select(value => (float)value), InputFrom(MakeRgba(pixels, format), 1));
        Assert.Equal(colours, InputFrom(MakeRgba(pixels, format), 3));
        Assert.Equal(Flipped(colours), InputFrom(MakeRgba(pixels, format, isBottomFirst: true), 3));
    }

    [Fact]
    public void One_channel_is_grey_and_every_colour()
    {
        byte[] pixels = Noise(Count);
        float[] expected = [.. pixels.Select(value => (float)value)];
        HostTexture texture = Make(pixels, InternalFormat.R8, Silk.NET.OpenGL.PixelFormat.Red, PixelType.UnsignedByte);
        Assert.Equal(expected, InputFrom(texture, 1));
        Assert.Equal([.. expected, .. expected, .. expected], InputFrom(texture, 3));
    }

    [Fact]
    public void Floating_point_texels_are_taken_as_they_are()
    {
        float[] plane = [.. Enumerable.Range(0, Count).Select(i => i == 5 ? float.NaN : i == 6 ? float.NegativeInfinity : 0.1f * i - 300)];
        HostTexture single = Make(plane, InternalFormat.R32f, Silk.NET.OpenGL.PixelFormat.Red, PixelType.Float);
        Assert.Equal(plane, InputFrom(single, 1));
        float[] pixels = [.. Enumerable.Range(0, 4 * Count).Select(i => 0.1f * i - 300)];
        HostTexture colours = Make(pixels, InternalFormat.Rgba32f, Silk.NET.OpenGL.PixelFormat.Rgba, PixelType.Float);
        Assert.Equal(Enumerable.Range(0, 3 * Count).Select(i => pixels[4 * (i % Count) + i / Count]), InputFrom(colours, 3));
        Assert.Equal(
            Enumerable.Range(0, Count).Select(i => (19595 * pixels[4 * i] + 38470 * pixels[4 * i + 1] + 7471 * pixels[4 * i + 2]) / 65536),
            InputFrom(colours, 1));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void The_last_output_is_copied_to_a_texture(int channels, bool isBottomFirst)
    {
        const float Black = -30, White = 190.5f;
        float[] planes = [.. Enumerable.Range(0, channels * Count).Select(i => i % 11 == 3 ? float.NaN : 0.37f * (i % 701) - 45)];
        using GpuCompiledPipeline compiled = Compile(channels, new MaxPool2d(1));
        compiled.Run(planes);
        HostTexture bytes = MakeRgba(null, isBottomFirst: isBottomFirst);
        HostTexture floats = Make<float>(null, InternalFormat.Rgba32f, Silk.NET.OpenGL.PixelFormat.Rgba, PixelType.Float, isBottomFirst);
        // The second copy finds another range and takes it.
        compiled.CopyTo(bytes, 0, 1);
        compiled.CopyTo(bytes, Black, White);
        compiled.CopyTo(floats, Black, White);

        float[] copied = Read<float>(floats, PixelType.Float);
        byte[] shown = Read<byte>(bytes, PixelType.UnsignedByte);
        for (int i = 0; i < Count; i++)
        {
            int source = isBottomFirst ? (Height - 1 - i / Width) * Width + i % Width : i;
            for (int colour = 0; colour < 4; colour++)
            {
                int channel = channels == 1 ? 0 : colour;
                float value = colour == 3 ? 1 : channel < channels ? planes[channel * Count + source] : 0;
                float scaled = (value - Black) * (255 / (White - Black)) + 0.5f;
                int expected = colour == 3 ? 255 : channel >= channels ? 0 : scaled >= 255 ? 255 : scaled > 0 ? (int)scaled : 0;
                Assert.Equal(value, copied[4 * i + colour]);
                Assert.Equal(expected, shown[4 * i + colour]);
            }
        }
    }

    [Fact]
    public void Textures_that_do_not_fit_are_refused()
    {
        using GpuCompiledPipeline compiled = Compile(1, new MaxPool2d(1)), two = Compile(2, new MaxPool2d(1));
        Assert.Contains("38x21", Assert.Throws<TextureException>(() => compiled.RunOn(MakeRgba(null, width: 38))).Message, StringComparison.Ordinal);
        compiled.Run(new float[Count]);
        Assert.Contains("38x21", Assert.Throws<TextureException>(() => compiled.CopyTo(MakeRgba(null, width: 38), 0, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("no texture 999", Assert.Throws<TextureException>(() => HostTexture.Describe(_context, 999, false)).Message, StringComparison.Ordinal);
        Assert.Contains("normalised", Assert.Throws<TextureException>(
            () => Make<byte>(null, InternalFormat.Rgba8ui, Silk.NET.OpenGL.PixelFormat.RgbaInteger, PixelType.UnsignedByte)).Message, StringComparison.Ordinal);
        uint cube = _gl.GenTexture();
        _gl.BindTexture(TextureTarget.TextureCubeMap, cube);
        Assert.Contains("GL_TEXTURE_2D", Assert.Throws<TextureException>(() => HostTexture.Describe(_context, cube, false)).Message, StringComparison.Ordinal);
        _gl.BindTexture(TextureTarget.Texture2D, _gl.GenTexture());
        uint empty = (uint)_gl.GetInteger(GetPName.TextureBinding2D);
        Assert.Contains("level 0", Assert.Throws<TextureException>(() => HostTexture.Describe(_context, empty, false)).Message, StringComparison.Ordinal);
        Assert.Contains("1 or 3", Assert.Throws<TextureException>(() => two.RunOn(MakeRgba(null))).Message, StringComparison.Ordinal);
        _backend.Dispose();
        Assert.Equal(GLEnum.NoError, GlErrors.Take(_gl));
    }

    private unsafe T[] Read<T>(HostTexture texture, PixelType type) where T : unmanaged
    {
        var pixels = new T[4 * Count];
        _gl.BindTexture(TextureTarget.Texture2D, texture.Name);
        fixed (T* first = pixels)
            _gl.GetTexImage(TextureTarget.Texture2D, 0, Silk.NET.OpenGL.PixelFormat.Rgba, type, first);
        return pixels;
    }

    public void Dispose()
    {
        _backend.Dispose();
        _context.Dispose();
    }
}
