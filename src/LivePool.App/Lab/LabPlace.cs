using LivePool.Gpu.UserShaders;

namespace LivePool.App.Lab;

/// <summary>Which invocation writes an element, by the grid that the shader is dispatched over.</summary>
internal static class LabPlace
{
    /// <summary>Its id, as gl_GlobalInvocationID; where one writes several elements, that of <c>gridColumns()</c>.</summary>
    /// <param name="local">The invocations of a work group.</param>
    /// <param name="elements">Elements along a row that one writes.</param>
    /// <param name="column">The element's column.</param>
    /// <param name="row">Its row.</param>
    /// <param name="plane">Its plane.</param>
    public static (int X, int Y, int Z) Invocation((int X, int Y, int Z) local, int elements, int column, int row, int plane)
    {
        int group = column / (local.X * elements);
        return (group * local.X + (column - group * local.X * elements) % local.X, row, plane);
    }

    /// <summary>One line for people.</summary>
    public static string Describe(ShaderReflection reflection, int elements, (int X, int Y, int Z) id)
    {
        (int x, int y, int z) = reflection.Local;
        string text = $"invocation ({id.X}, {id.Y}, {id.Z}), work group ({id.X / x}, {id.Y / y}, {id.Z / z}), in it ({id.X % x}, {id.Y % y}, {id.Z % z}) of {x}x{y}x{z}";
        return elements == 1 ? text : $"{text}, if its {elements} elements are gridColumns()";
    }
}
