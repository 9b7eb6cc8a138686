using System.Diagnostics.CodeAnalysis;
using System.Text;
using LivePool.Gpu.UserShaders;
using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Kernels;

/// <summary>Compiles kernels, each text once.</summary>
internal sealed class KernelCache(GpuDevice device, ShaderFolder shaders) : IDisposable
{
    // Two shaders of the user's may have the same text, but other values.
    private readonly Dictionary<(string Text, UserShader? User), Kernel> _kernels = [];

    /// <summary>The shaders that were compiled, for tests.</summary>
    public IEnumerable<KernelDescriptor> Compiled => _kernels.Values.Select(kernel => kernel.Descriptor);

    /// <summary>The program of the user's that was asked for last; null while there is none.</summary>
    public UserProgram? User { get; private set; }

    /// <summary>What shaders write by DEBUG; null where none does.</summary>
    public DebugBuffer? Debug { get; private set; }

    /// <summary>A kernel with the uniform block of <typeparamref name="T"/> and the given names defined.</summary>
    /// <exception cref="ShaderCompileException">It does not compile; the message has file and line.</exception>
    public Kernel Get<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(
        KernelDescriptor descriptor, params ReadOnlySpan<string> defines)
        where T : unmanaged
    {
        (int x, int y) = descriptor.LocalSize(device.Limits);
        var prelude = new StringBuilder($"{device.Context.Dialect.ShaderPrelude}#define LOCAL_X {x}\n#define LOCAL_Y {y}\n");
        foreach (string define in defines)
            prelude.Append($"#define {define}\n");
        DebugBuffer? debug = null;
        if (descriptor.User is { } shader)
        {
            debug = shader.UsesDebug && device.Options.KeepDebugValues ? Debug ??= new DebugBuffer(device) : null;
            prelude.Append(shader.Prelude(debug is not null));
        }
        prelude.Append(ParameterBlock.Declare<T>());
        ShaderSource source = shaders.Load(descriptor.Path, device.Context.Dialect.ShaderVersion, prelude.ToString());
        if (_kernels.TryGetValue((source.Text, descriptor.User), out Kernel? known))
        {
            User = known.User ?? User;
            return known;
        }

        uint program = GlProgram.Create(device.Gl, (ShaderType.ComputeShader, source));
        int groupOffset = device.Gl.GetUniformLocation(program, "groupOffset");
        Kernel kernel;
        if (descriptor.User is null)
        {
            kernel = new Kernel(descriptor, program, x, y, groupOffset);
        }
        else
        {
            // It may have declared a local size of its own.
            User = new UserProgram(device.Gl, program, descriptor.User, source, debug);
            kernel = new Kernel(descriptor, program, User.Reflection.Local.X, User.Reflection.Local.Y, groupOffset) { User = User };
        }
        _kernels.Add((source.Text, descriptor.User), kernel);
        return kernel;
    }

    public void Dispose()
    {
        foreach (Kernel kernel in _kernels.Values)
            device.Gl.DeleteProgram(kernel.Program);
        _kernels.Clear();
        Debug?.Dispose();
    }
}
