using LivePool.Core;
using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Display;

/// <summary>
/// Draws planes, images and rectangles into the current framebuffer; row 0 of everything is on top. Needs GL 3.3 and the
/// context current. Sets all the GL state that it needs in <see cref="Begin"/> and each call, and restores none.
/// </summary>
public sealed class PlaneRenderer : IDisposable
{
    private readonly GL _gl;
    private readonly uint _vertexArray;
    private DisplayPrograms _programs;
    private int _width;
    private int _height;
    private bool _isDisposed;

    /// <summary>Compiles the display shaders.</summary>
    /// <exception cref="LivePoolException">A shader is missing or does not compile.</exception>
    public PlaneRenderer(GL gl, ShaderFolder shaders)
    {
        _gl = gl;
        _programs = new(gl, shaders);
        // The samplers keep their first value, texture unit 0. A core profile draws nothing without a vertex array.
        _vertexArray = gl.GenVertexArray();
    }

    /// <summary>Draws with other programs from now on, and disposes of those before.</summary>
    public void Take(DisplayPrograms programs)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _programs.Dispose();
        _programs = programs;
    }

    /// <summary>Starts a frame: sets the viewport to the whole framebuffer and turns off every test.</summary>
    /// <param name="framebufferWidth">In pixels.</param>
    /// <param name="framebufferHeight">In pixels.</param>
    public void Begin(int framebufferWidth, int framebufferHeight)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        (_width, _height) = (framebufferWidth, framebufferHeight);
        _gl.Viewport(0, 0, (uint)framebufferWidth, (uint)framebufferHeight);
        _gl.Disable(EnableCap.DepthTest);
        _gl.Disable(EnableCap.StencilTest);
        _gl.Disable(EnableCap.ScissorTest);
        _gl.Disable(EnableCap.CullFace);
        _gl.Disable(EnableCap.ColorLogicOp);
        _gl.Disable(EnableCap.FramebufferSrgb);
        _gl.Disable(EnableCap.RasterizerDiscard);
        _gl.Disable(EnableCap.Dither);
        _gl.PolygonMode(TriangleFace.FrontAndBack, PolygonMode.Fill);
        _gl.ColorMask(true, true, true, true);
        _gl.BindVertexArray(_vertexArray);
        // A sampler object would override the textures' own parameters.
        _gl.BindSampler(0, 0);
    }

    /// <summary>
    /// Draws a plane: <c>t = clamp((x - min) / (max - min))</c>, in grey as 8 bits <c>floor(255*t + 0.5)</c>; in signed colours
    /// blue below 1/2 and orange above it, the brighter the farther from it; NaN in magenta. Magnified texels are squares; a minified pixel is the mean of the texels that it touches.
    /// </summary>
    /// <param name="planes">The textures.</param>
    /// <param name="layer">The plane, <c>n*C + c</c>.</param>
    /// <param name="rectangle">Where; parts outside the framebuffer are left out.</param>
    /// <param name="range">What shows as black and as white, or as the brightest blue and orange.</param>
    /// <param name="isSigned">Whether the colours are the signed ones.</param>
    public void DrawPlane(PlaneTextures planes, int layer, PixelRectangle rectangle, PlaneRange range, bool isSigned = false)
    {
        if (!Bind(planes, layer, rectangle))
            return;
        Draw(layer, rectangle, range, isSigned, isColour: false);
    }

    /// <summary>Draws a plane and the two behind it as red, green and blue, as <see cref="DrawPlane"/> draws grey.</summary>
    /// <param name="planes">The textures.</param>
    /// <param name="layer">The plane of red, <c>n*C</c>.</param>
    /// <param name="rectangle">Where; parts outside the framebuffer are left out.</param>
    /// <param name="range">What shows as black and as white.</param>
    public void DrawColour(PlaneTextures planes, int layer, PixelRectangle rectangle, PlaneRange range)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer + 2, planes.Shape.Planes);
        if (Bind(planes, layer, rectangle))
            Draw(layer, rectangle, range, isSigned: false, isColour: true);
    }

    private void Draw(int layer, PixelRectangle rectangle, PlaneRange range, bool isSigned, bool isColour)
    {
        _programs.Plane.Use();
        _gl.Uniform1(_programs.Layer, layer);
        _gl.Uniform1(_programs.IsColour, isColour ? 1 : 0);
        _gl.Uniform2(_programs.Range, range.Min, range.Max);
        _gl.Uniform1(_programs.IsSigned, isSigned ? 1 : 0);
        _gl.Uniform3(_programs.Below, SignedColours.Below.Red, SignedColours.Below.Green, SignedColours.Below.Blue);
        _gl.Uniform3(_programs.Above, SignedColours.Above.Red, SignedColours.Above.Green, SignedColours.Above.Blue);
        _programs.Plane.Draw(rectangle, _width, _height);
    }

    /// <summary>
    /// Draws a plane as heat: 0 black, up to 1 from blue over green to yellow, beyond 1 red. A minified pixel is the hottest
    /// of the texels that it touches.
    /// </summary>
    /// <param name="planes">The textures.</param>
    /// <param name="layer">The plane, <c>n*C + c</c>.</param>
    /// <param name="rectangle">Where; parts outside the framebuffer are left out.</param>
    public void DrawHeat(PlaneTextures planes, int layer, PixelRectangle rectangle)
    {
        if (!Bind(planes, layer, rectangle))
            return;
        _programs.Heat.Use();
        _gl.Uniform1(_programs.HeatLayer, layer);
        _programs.Heat.Draw(rectangle, _width, _height);
    }

    /// <returns>Whether there is anything to draw.</returns>
    private bool Bind(PlaneTextures planes, int layer, PixelRectangle rectangle)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, planes.Shape.Planes);
        if (!IsDrawable(rectangle, planes.Shape.W, planes.Shape.H))
            return false;
        _gl.Disable(EnableCap.Blend);
        _gl.ActiveTexture(TextureUnit.Texture0);
        _gl.BindTexture(TextureTarget.Texture2DArray, planes.Name);
        return true;
    }

    /// <summary>Leaves out what lies outside a rectangle, until <see cref="EndClip"/>.</summary>
    public void BeginClip(PixelRectangle rectangle)
    {
        _gl.Enable(EnableCap.ScissorTest);
        _gl.Scissor(rectangle.X, _height - rectangle.Y - rectangle.Height, (uint)Math.Max(0, rectangle.Width), (uint)Math.Max(0, rectangle.Height));
    }

    /// <summary>Draws everywhere again.</summary>
    public void EndClip() => _gl.Disable(EnableCap.ScissorTest);

    /// <summary>Draws an image over what is there, by its premultiplied alpha; magnified texels are squares.</summary>
    public void DrawRgba(RgbaTexture image, PixelRectangle rectangle)
    {
        if (image.Width == 0 || !IsDrawable(rectangle, image.Width, image.Height))
            return;
        Blend();
        _gl.ActiveTexture(TextureUnit.Texture0);
        _gl.BindTexture(TextureTarget.Texture2D, image.Name);
        _programs.Image.Use();
        _programs.Image.Draw(rectangle, _width, _height);
    }

    /// <summary>Fills a rectangle with a colour, each part 0 to 1 and premultiplied by alpha, over what is there.</summary>
    public void FillRectangle(PixelRectangle rectangle, float red, float green, float blue, float alpha = 1)
    {
        if (!IsDrawable(rectangle, 1, 1))
            return;
        Blend();
        _programs.Fill.Use();
        _gl.Uniform4(_programs.FillColor, red, green, blue, alpha);
        _programs.Fill.Draw(rectangle, _width, _height);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _programs.Dispose();
        _gl.DeleteVertexArray(_vertexArray);
    }

    private void Blend()
    {
        _gl.Enable(EnableCap.Blend);
        _gl.BlendEquation(BlendEquationModeEXT.FuncAdd);
        _gl.BlendFunc(BlendingFactor.One, BlendingFactor.OneMinusSrcAlpha);
    }

    /// <summary>Empty rectangles draw nothing; the shader counts pixels times texels in 32 bits.</summary>
    private static bool IsDrawable(PixelRectangle rectangle, int columns, int rows)
    {
        if (rectangle.Width < 1 || rectangle.Height < 1)
            return false;
        if (2 * ((long)rectangle.Width + 1) * columns > uint.MaxValue || 2 * ((long)rectangle.Height + 1) * rows > uint.MaxValue)
        {
            throw new LivePoolException($"{columns}x{rows} texels cannot be drawn over {rectangle.Width}x{rectangle.Height} " +
                "pixels; zoom out");
        }
        return true;
    }
}
