using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu;

/// <summary>Compiles and links programs.</summary>
internal static class GlProgram
{
    /// <exception cref="ShaderCompileException">A shader does not compile, or they do not link.</exception>
    public static uint Create(GL gl, params ReadOnlySpan<(ShaderType Type, ShaderSource Source)> stages)
    {
        uint program = gl.CreateProgram();
        try
        {
            foreach ((ShaderType type, ShaderSource source) in stages)
                Attach(gl, program, type, source);
            gl.LinkProgram(program);
            if (gl.GetProgram(program, ProgramPropertyARB.LinkStatus) == 0)
                throw stages[^1].Source.Failure(gl.GetProgramInfoLog(program));
            return program;
        }
        catch
        {
            gl.DeleteProgram(program);
            throw;
        }
    }

    private static void Attach(GL gl, uint program, ShaderType type, ShaderSource source)
    {
        uint shader = gl.CreateShader(type);
        try
        {
            gl.ShaderSource(shader, source.Text);
            gl.CompileShader(shader);
            if (gl.GetShader(shader, ShaderParameterName.CompileStatus) == 0)
                throw source.Failure(gl.GetShaderInfoLog(shader));
            gl.AttachShader(program, shader);
        }
        finally
        {
            // An attached shader lives as long as its program.
            gl.DeleteShader(shader);
        }
    }
}
