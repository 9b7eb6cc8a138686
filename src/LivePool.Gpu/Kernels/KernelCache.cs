using System.Diagnostics.CodeAnalysis;
using System.Text;
using LivePool.Gpu.UserShaders;
using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Kernels;

/// <summary>Compiles kernels, each text once.</summary>
internal sealed class KernelCache(GpuDevice device, ShaderFolder shaders) : IDisposable
{
    private readonly Dictionary<string, Kernel> _kernels = [];

    /// <summary>The shaders that were compiled, for tests.</summary>
    public IEnumerable<KernelDescriptor> Compiled => _kernels.Values.Select(kernel => kernel.Descriptor);

    /// <summary>A kernel with the uniform block of <typeparamref name="T"/> and the given names defined.</summary>
    /// <exception cref="ShaderCompileException">It does not compile; the message has file and line.</exception>
    public Kernel Get<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(
        KernelDescriptor descriptor, params ReadOnlySpan<string> defines)
        where T : unmanaged
    {
        ShaderSource source = Load<T>(descriptor, defines);
        // What a user's shader writes by DEBUG is told with its file, and two files may have one text.
        string key = descriptor.User is null ? source.Text : $"{descriptor.Path}\n{source.Text}";
        if (_kernels.TryGetValue(key, out Kernel? known))
            return known;
        Kernel kernel = Compile(descriptor, source);
        _kernels.Add(key, kernel);
        return kernel;
    }

    public void Dispose()
    {
        foreach (Kernel kernel in _kernels.Values)
            device.Gl.DeleteProgram(kernel.Program);
        _kernels.Clear();
    }

    private bool IsDebugged(KernelDescriptor descriptor) => descriptor.User is { UsesDebug: true } && device.Options.KeepDebugValues;

    private ShaderSource Load<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(
        KernelDescriptor descriptor, ReadOnlySpan<string> defines)
        where T : unmanaged
    {
        (int x, int y) = descriptor.LocalSize(device.Limits);
        var prelude = new StringBuilder($"{device.Context.Dialect.ShaderPrelude}#define LOCAL_X {x}\n#define LOCAL_Y {y}\n");
        foreach (string define in defines)
            prelude.Append($"#define {define}\n");
        prelude.Append(descriptor.User?.Prelude(IsDebugged(descriptor)));
        prelude.Append(ParameterBlock.Declare<T>());
        return (descriptor.User?.Folder ?? shaders).Load(descriptor.Path, device.Context.Dialect.ShaderVersion, prelude.ToString());
    }

    private Kernel Compile(KernelDescriptor descriptor, ShaderSource source)
    {
        uint program = GlProgram.Create(device.Gl, (ShaderType.ComputeShader, source));
        int groupOffset = device.Gl.GetUniformLocation(program, "groupOffset");
        if (descriptor.User is null)
        {
            (int x, int y) = descriptor.LocalSize(device.Limits);
            return new Kernel(descriptor, program, x, y, groupOffset);
        }
        try
        {
            var user = new UserProgram(device.Gl, program, descriptor.User, source, IsDebugged(descriptor));
            // It may have declared a local size of its own.
            return new Kernel(descriptor, program, user.Reflection.Local.X, user.Reflection.Local.Y, groupOffset) { User = user };
        }
        catch
        {
            device.Gl.DeleteProgram(program);
            throw;
        }
    }
}
