using LivePool.Shaders;
using LivePool.Shaders.Annotations;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.UserShaders;

/// <summary>A compiled shader of the user's: gives the program its parameters, and the debug buffer where it writes to it.</summary>
internal sealed class UserProgram
{
    private readonly GL _gl;
    private readonly uint _program;
    private readonly (ShaderParameter Parameter, int Location)[] _uniforms;

    public UserProgram(GL gl, uint program, UserShader shader, ShaderSource source, DebugBuffer? debug)
    {
        (_gl, _program, Debug) = (gl, program, debug);
        Source = source;
        Reflection = ShaderReflection.Of(gl, program);
        // What the compiler removed has no location, and setting it does nothing.
        _uniforms = [.. shader.Annotations.Parameters.Select(parameter => (parameter, gl.GetUniformLocation(program, parameter.Name)))];
    }

    /// <summary>What was compiled.</summary>
    public ShaderSource Source { get; }

    /// <summary>What the driver says of the program.</summary>
    public ShaderReflection Reflection { get; }

    /// <summary>What it writes by DEBUG; null where it does not, or nobody wants to know.</summary>
    public DebugBuffer? Debug { get; }

    /// <summary>Sets every parameter; before each run, because stages with other values may share the program.</summary>
    public void Apply(UserShader shader)
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
        Debug?.Bind(_gl, _program);
    }
}
