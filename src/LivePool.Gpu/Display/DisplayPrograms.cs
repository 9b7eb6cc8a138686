using LivePool.Core;
using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Display;

/// <summary>The compiled display shaders. Disposed by the <see cref="PlaneRenderer"/> that takes them.</summary>
public sealed class DisplayPrograms : IDisposable
{
    /// <summary>Compiles the display shaders.</summary>
    /// <exception cref="LivePoolException">A shader is missing or does not compile.</exception>
    public DisplayPrograms(GL gl, ShaderFolder shaders)
    {
        try
        {
            Plane = new DisplayProgram(gl, shaders, "display/plane.frag");
            Heat = new DisplayProgram(gl, shaders, "display/heat.frag");
            Image = new DisplayProgram(gl, shaders, "display/image.frag");
            Fill = new DisplayProgram(gl, shaders, "display/fill.frag");
        }
        catch
        {
            Dispose();
            throw;
        }
        Layer = Plane.Location("layer");
        HeatLayer = Heat.Location("layer");
        Range = Plane.Location("range");
        IsSigned = Plane.Location("isSigned");
        IsColour = Plane.Location("isColour");
        Below = Plane.Location("brightestBelow");
        Above = Plane.Location("brightestAbove");
        FillColor = Fill.Location("fillColor");
    }

    internal DisplayProgram Plane { get; } = null!;

    internal DisplayProgram Heat { get; } = null!;

    internal DisplayProgram Image { get; } = null!;

    internal DisplayProgram Fill { get; } = null!;

    internal int Layer { get; }

    internal int HeatLayer { get; }

    internal int Range { get; }

    internal int IsSigned { get; }

    internal int IsColour { get; }

    internal int Below { get; }

    internal int Above { get; }

    internal int FillColor { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DisplayProgram? program in (ReadOnlySpan<DisplayProgram?>)[Plane, Heat, Image, Fill])
            program?.Dispose();
    }
}
