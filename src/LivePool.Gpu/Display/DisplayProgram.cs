using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Display;

/// <summary>A program that draws a rectangle with one of the display shaders.</summary>
internal sealed class DisplayProgram : IDisposable
{
    private readonly GL _gl;
    private readonly uint _program;
    private readonly int _corners;
    private readonly int _rectangle;
    private readonly int _framebufferHeight;

    public DisplayProgram(GL gl, ShaderFolder shaders, string fragmentPath)
    {
        _gl = gl;
        _program = GlProgram.Create(gl,
            (ShaderType.VertexShader, shaders.Load("display/rectangle.vert", "330 core", "")),
            (ShaderType.FragmentShader, shaders.Load(fragmentPath, "330 core", "")));
        _corners = Location("corners");
        _rectangle = Location("rectangle");
        _framebufferHeight = Location("framebufferHeight");
    }

    public int Location(string name) => _gl.GetUniformLocation(_program, name);

    /// <summary>Makes the program current, so that the caller can set its own uniforms before <see cref="Draw"/>.</summary>
    public void Use() => _gl.UseProgram(_program);

    public void Draw(PixelRectangle rectangle, int framebufferWidth, int framebufferHeight)
    {
        _gl.Uniform4(_corners,
            ToClip(rectangle.X, framebufferWidth), -ToClip(rectangle.Y, framebufferHeight),
            ToClip(rectangle.X + (double)rectangle.Width, framebufferWidth),
            -ToClip(rectangle.Y + (double)rectangle.Height, framebufferHeight));
        if (_rectangle >= 0)
        {
            _gl.Uniform4(_rectangle, rectangle.X, rectangle.Y, rectangle.Width, rectangle.Height);
            _gl.Uniform1(_framebufferHeight, framebufferHeight);
        }
        _gl.DrawArrays(PrimitiveType.TriangleStrip, 0, 4);
    }

    public void Dispose() => _gl.DeleteProgram(_program);

    private static float ToClip(double pixels, int size) => (float)(2 * pixels / size - 1);
}
