using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Gpu.UserShaders;

namespace LivePool.App.Lab;

/// <summary>Which invocation writes an element, by the grid that the shader is dispatched over.</summary>
internal static class LabPlace
{
    /// <summary>Its id, as gl_GlobalInvocationID; where one writes several elements, that of <c>gridColumns()</c>.</summary>
    /// <param name="spec">The stage, with the shader.</param>
    /// <param name="output">Its output.</param>
    /// <param name="reflection">What the driver says of the shader.</param>
    /// <param name="at">The element.</param>
    public static (int X, int Y, int Z) Invocation(OperatorSpec spec, TensorShape output, ShaderReflection reflection, LabPixel at)
    {
        // These take a plane for one long row.
        (int column, int row) = spec is Pointwise or MaxUnpool2d ? (at.Y * output.W + at.X, 0) : (at.X, at.Y);
        (int local, int elements) = (reflection.Local.X, ElementsOf(spec));
        int group = column / (local * elements);
        return (group * local + (column - group * local * elements) % local, row, at.Channel);
    }

    /// <summary>One line for people.</summary>
    public static string Describe(OperatorSpec spec, TensorShape output, ShaderReflection reflection, LabPixel at)
    {
        (int X, int Y, int Z) id = Invocation(spec, output, reflection, at);
        int elements = ElementsOf(spec);
        (int x, int y, int z) = reflection.Local;
        string text = $"invocation ({id.X}, {id.Y}, {id.Z}), work group ({id.X / x}, {id.Y / y}, {id.Z / z}), in it ({id.X % x}, {id.Y % y}, {id.Z % z}) of {x}x{y}x{z}";
        return elements == 1 ? text : $"{text}, if its {elements} elements are gridColumns()";
    }

    private static int ElementsOf(OperatorSpec spec) => ((UserShader)spec.Shader!).Annotations.Elements;
}
