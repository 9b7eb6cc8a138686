using Silk.NET.OpenGL;

namespace LivePool.Gpu.UserShaders;

/// <summary>A buffer that a program uses.</summary>
/// <param name="Name">The block's name.</param>
/// <param name="Binding">Where it is bound.</param>
public readonly record struct ReflectedBuffer(string Name, int Binding);

/// <summary>What the driver says of a compiled compute shader.</summary>
/// <param name="Local">The invocations of a work group.</param>
/// <param name="Uniforms">Each uniform outside a block that the program uses, with its type.</param>
/// <param name="Blocks">The uniform blocks that it uses.</param>
/// <param name="Buffers">The storage buffers that it uses.</param>
public sealed record ShaderReflection(
    (int X, int Y, int Z) Local, IReadOnlyList<string> Uniforms, IReadOnlyList<ReflectedBuffer> Blocks, IReadOnlyList<ReflectedBuffer> Buffers)
{
    private const int MostNameBytes = 256;

    internal static ShaderReflection Of(GL gl, uint program)
    {
        Span<int> local = stackalloc int[3];
        gl.GetProgram(program, GLEnum.ComputeWorkGroupSize, local);
        return new((local[0], local[1], local[2]), UniformsOf(gl, program),
            BuffersOf(gl, program, ProgramInterface.UniformBlock), BuffersOf(gl, program, ProgramInterface.ShaderStorageBlock));
    }

    private static List<string> UniformsOf(GL gl, uint program)
    {
        var uniforms = new List<string>();
        gl.GetProgramInterface(program, ProgramInterface.Uniform, ProgramInterfacePName.ActiveResources, out int count);
        for (uint i = 0; i < count; i++)
        {
            // -1 is outside a block.
            if (Property(gl, program, ProgramInterface.Uniform, i, ProgramResourceProperty.BlockIndex) != -1)
                continue;
            var type = (UniformType)Property(gl, program, ProgramInterface.Uniform, i, ProgramResourceProperty.Type);
            string name = NameOf(gl, program, ProgramInterface.Uniform, i);
            if (name is not ("groupOffset" or "debugInvocation"))
                uniforms.Add($"{TypeName(type)} {name}");
        }
        uniforms.Sort(StringComparer.Ordinal);
        return uniforms;
    }

    private static List<ReflectedBuffer> BuffersOf(GL gl, uint program, ProgramInterface kind)
    {
        var buffers = new List<ReflectedBuffer>();
        gl.GetProgramInterface(program, kind, ProgramInterfacePName.ActiveResources, out int count);
        for (uint i = 0; i < count; i++)
            buffers.Add(new(NameOf(gl, program, kind, i), Property(gl, program, kind, i, ProgramResourceProperty.BufferBinding)));
        buffers.Sort((a, b) => a.Binding.CompareTo(b.Binding));
        return buffers;
    }

    private static unsafe int Property(GL gl, uint program, ProgramInterface kind, uint index, ProgramResourceProperty property)
    {
        int value = 0;
        uint length = 0;
        gl.GetProgramResource(program, kind, index, 1, &property, 1, &length, &value);
        return value;
    }

    private static string NameOf(GL gl, uint program, ProgramInterface kind, uint index)
    {
        gl.GetProgramResourceName(program, kind, index, MostNameBytes, out _, out string name);
        return name;
    }

    private static string TypeName(UniformType type) => type switch
    {
        UniformType.FloatVec2 => "vec2",
        UniformType.FloatVec3 => "vec3",
        UniformType.FloatVec4 => "vec4",
        UniformType.IntVec2 => "ivec2",
        UniformType.IntVec3 => "ivec3",
        UniformType.IntVec4 => "ivec4",
        _ => type.ToString().ToLowerInvariant() is "unsignedint" ? "uint" : type.ToString().ToLowerInvariant(),
    };
}
