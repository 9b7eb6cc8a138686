using LivePool.Gpu.Context;
using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Tests.UserShaders;

/// <summary>What the driver at hand says of shaders that are wrong is read, whatever driver it is.</summary>
public sealed class DriverLogTests
{
    [Theory]
    [InlineData("undeclared", "void main()\n{\n    float a = nothing;\n}", 3)]
    [InlineData("syntax", "void main()\n{\n    float a = 1.0\n    a = 2.0;\n}", 4)]
    [InlineData("type", "void main()\n{\n    int a = 1;\n    a = vec2(1.0);\n}", 4)]
    [InlineData("version", "#version 430\nvoid main() { }", 1)]
    [InlineData("directive", "#error of my own\nvoid main() { }", 1)]
    public void An_error_has_its_line(string what, string text, int line)
    {
        using GpuContext context = GpuContext.CreateHeadless();
        context.MakeCurrent();
        string full = $"#version 430 core\nlayout(local_size_x = 1) in;\n{text}\n";
        uint shader = context.Gl.CreateShader(ShaderType.ComputeShader);
        context.Gl.ShaderSource(shader, full);
        context.Gl.CompileShader(shader);
        string log = context.Gl.GetShaderInfoLog(shader);
        context.Gl.DeleteShader(shader);
        ShaderPlace[] places = [new("(prelude)", 0), new("(prelude)", 1), .. text.Split('\n').Select((_, i) => new ShaderPlace("user.comp", i + 1))];

        var e = new ShaderCompileException("user.comp", CompileLog.Parse(log, places));

        Assert.True(e.Message.StartsWith($"user.comp:{line}: error: ", StringComparison.Ordinal), $"{what}: {e.Message}\nof the log:\n{log}");
    }
}
