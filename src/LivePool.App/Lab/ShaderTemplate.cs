using System.Text;
using LivePool.Core;
using LivePool.Gpu.UserShaders;
using LivePool.Shaders;

namespace LivePool.App.Lab;

/// <summary>Shaders to start from.</summary>
internal static class ShaderTemplate
{
    /// <summary>One without @op.</summary>
    public static string Free(string path) => $$"""
        // {{Path.GetFileName(path)}}: one output element per invocation. Run it with: livepool lab {{path}} --watch --out out.png
        //
        // What stands behind an @ is read by the lab. @input 1 is a grey input, 3 are red, green and blue, one plane after the
        // other. @size is the output's: same, half, or W,H. A @param can be set, as with --set gain=2; there are also
        // int NAME 0..9, bool NAME, colour NAME = #ff8000 and choice NAME soft|hard.
        // @input 1
        // @size same
        // @param float gain 0..4 = 1 "Gain"
        // @param bool inverted = false "Inverted"
        //
        // Declared before this text are a uniform for each @param, LOCAL_X and LOCAL_Y, which an annotation @local 16,16 sets, and
        //     layout(std140, binding = 0) uniform Parameters
        //     {
        //         int channels, inputHeight, inputWidth, outputHeight, outputWidth;
        //         int frame;                        // from 0
        //         float time;                       // seconds
        //         float mouseX, mouseY;             // in output pixels; below 0 where the pointer is elsewhere
        //         int mouseDown;
        //     };
        // DEBUG(value) prints a number or a vector in the lab and in the window, and is nothing elsewhere. Values are 0 to 255.
        #include "include/grid.glsl"

        layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
        layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };            // [channels, inputHeight, inputWidth]
        layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };          // [channels, outputHeight, outputWidth]
        layout(std430, binding = 2) readonly restrict buffer Previous { float previous[]; };  // the output of the frame before, at first zeros

        void main()
        {
            ivec3 position = gridPosition();
            if (position.x >= outputWidth || position.y >= outputHeight || position.z >= channels)
                return;

            ivec2 source = position.xy * ivec2(inputWidth, inputHeight) / ivec2(outputWidth, outputHeight);
            float value = gain * x[(position.z * inputHeight + source.y) * inputWidth + source.x];
            y[(position.z * outputHeight + position.y) * outputWidth + position.x] = inverted ? 255.0 - value : value;
        }

        """;

    /// <summary>The built-in kernel of an operator, with what a writer must know before it.</summary>
    /// <exception cref="LivePoolException">The folder does not have the kernel.</exception>
    public static string Of(string path, OperatorShader kernel, ShaderFolder shaders)
    {
        ShaderFile file = shaders.Load(kernel.Path, "430 core", "").Files[0];
        var text = new StringBuilder();
        text.Append($"// {Path.GetFileName(path)}: {kernel.Operator}, from the built-in kernel. Run it with: livepool lab {path} --watch\n//\n");
        text.Append($"// @op {kernel.Operator}\n// @local {kernel.Local.X},{kernel.Local.Y}\n// @elements {kernel.Elements}\n//\n");
        text.Append("// Declared before this text are LOCAL_X and LOCAL_Y, the names that the operator's parameters define, and\n");
        foreach (string line in kernel.Block.TrimEnd('\n').Split('\n'))
            text.Append($"//     {line}\n");
        text.Append("// It runs over one invocation for each @elements output elements of a row; for pointwise operators and\n");
        text.Append("// max_unpool2d a plane is one row. DEBUG(value) prints a number or a vector in the lab and in the window, and is nothing elsewhere.\n//\n");
        foreach (string line in file.Lines)
            text.Append(line).Append('\n');
        return text.ToString();
    }
}
