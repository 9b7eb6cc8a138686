using LivePool.Shaders;
using LivePool.Shaders.Annotations;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.UserShaders;

/// <summary>A compiled shader of the user's: gives the program its parameters, and a debug buffer where it writes to one.</summary>
internal sealed class UserProgram
{
    private readonly GL _gl;
    private readonly uint _program;
    private readonly (ShaderParameter Parameter, int Location)[] _uniforms;

    public UserProgram(GL gl, uint program, UserShader shader, ShaderSource source, bool isDebugged)
    {
        (_gl, _program, IsDebugged) = (gl, program, isDebugged);
        Source = source;
        Reflection = ShaderReflection.Of(gl, program);
        // What the compiler removed has no location, and setting it does nothing.
        _uniforms = [.. shader.Annotations.Parameters.Select(parameter => (parameter, gl.GetUniformLocation(program, parameter.Name)))];
    }

    /// <summary>What was compiled.</summary>
    public ShaderSource Source { get; }

    /// <summary>What the driver says of the program.</summary>
    public ShaderReflection Reflection { get; }

    /// <summary>Whether it writes by DEBUG, and somebody wants to know what.</summary>
    public bool IsDebugged { get; }

    /// <summary>Sets every parameter and where DEBUG writes to; before each run, because stages may share the program.</summary>
    public void Apply(UserShader shader, DebugBuffer? debug)
    {
        foreach ((ShaderParameter parameter, int location) in _uniforms)
        {
            IReadOnlyList<float> value = shader[parameter];
            switch (parameter.Type)
            {
                case ShaderParameterType.Number:
                    _gl.ProgramUniform1(_program, location, value[0]);
                    break;
                case ShaderParameterType.Colour:
                    _gl.ProgramUniform3(_program, location, value[0], value[1], value[2]);
                    break;
                default:
                    _gl.ProgramUniform1(_program, location, (int)value[0]);
                    break;
            }
        }
        debug?.Bind(_gl, _program);
    }
}
