using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Gpu.Context;
using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Tests;

/// <summary>Contexts, lifetimes, shaders from elsewhere, and errors.</summary>
public sealed class BackendTests
{
    [Fact]
    public void The_device_says_what_it_is()
    {
        using GpuBackend backend = Backends.CreateStrict();
        Assert.Equal("gpu", backend.Name);
        Assert.NotEmpty(backend.Device.Vendor);
        Assert.NotEmpty(backend.Device.Version);
        Assert.Equal(backend.Device.Renderer.Contains("llvmpipe", StringComparison.Ordinal), backend.Device.IsSoftware);
    }

    [Fact]
    public void Backends_work_one_after_another_and_side_by_side_in_any_order_of_disposal()
    {
        GpuBackend first = Backends.CreateStrict();
        GpuCompiledPipeline orphan = first.Compile(Pipeline.Of(Pointwise.Relu, 1), new(1, 1, 1, 2));
        GpuBackend second = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = second.Compile(Pipeline.Of(Pointwise.Abs, 1), new(1, 1, 1, 2));
        orphan.Run(new float[] { -1f, 2f });
        compiled.Run(new float[] { -1f, 2f });
        Assert.Equal([0f, 2f], orphan.Output(0).ToArray());
        Assert.Equal([1f, 2f], compiled.Output(0).ToArray());

        first.Dispose();
        first.Dispose();
        orphan.Dispose();
        Assert.Throws<ObjectDisposedException>(() => orphan.Run(new float[] { -1f, 2f }));
        Assert.Throws<ObjectDisposedException>(() => first.Compile(Pipeline.Of(Pointwise.Relu, 1), new(1, 1, 1, 2)));
        compiled.Run(new float[] { -3f, 2f });
        Assert.Equal([3f, 2f], compiled.Output(0).ToArray());
        second.Dispose();
    }

    [Fact]
    public void A_backend_in_a_borrowed_context_leaves_it_alive()
    {
        using GpuContext context = GpuContext.CreateHeadless();
        for (int i = 0; i < 2; i++)
        {
            using var backend = new GpuBackend(context, ShaderFolder.Locate());
            Assert.Equal([0f, 2f], Backends.Run(backend, Pointwise.Relu, new(1, 1, 1, 2), [-1, 2]));
        }
        Assert.Equal(GLEnum.NoError, context.Gl.GetError());
    }

    [Fact]
    public void A_context_moves_to_another_thread_once_it_is_released()
    {
        using GpuBackend backend = Backends.CreateStrict();
        string? refusal = null;
        float[]? result = null;
        OnAnotherThread(() => refusal = Record.Exception(() => Backends.Run(backend, Pointwise.Relu, new(1, 1, 1, 1), [-1]))?.Message);
        backend.Context.Release();
        OnAnotherThread(() =>
        {
            result = Backends.Run(backend, Pointwise.Relu, new(1, 1, 1, 1), [-1]);
            backend.Context.Release();
        });
        Assert.Contains("another thread", refusal, StringComparison.Ordinal);
        Assert.NotNull(result);
        Assert.Equal([0f], result);

        static void OnAnotherThread(Action action)
        {
            var thread = new Thread(() => action());
            thread.Start();
            thread.Join();
        }
    }

    [Fact]
    public void A_broken_shader_is_reported_with_its_file_and_line()
    {
        using var folder = new CopiedShaders();
        folder.Edit("include/float.glsl", text => text + "float broken() { return nowhere; }\n");
        int line = File.ReadAllLines(Path.Combine(folder.Root, "include/float.glsl")).Length;
        using GpuBackend backend = GpuBackend.CreateHeadless(ShaderFolder.Locate(folder.Root), Backends.Strict);
        var e = Assert.Throws<ShaderCompileException>(() => backend.Compile(Pipeline.Of(Pointwise.Relu, 1), new(1, 1, 1, 2)));
        Assert.StartsWith($"include/float.glsl:{line}: error: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("nowhere", e.Message, StringComparison.Ordinal);

        folder.Edit("include/float.glsl", text => text.Replace("float broken() { return nowhere; }\n", "", StringComparison.Ordinal));
        Assert.Equal([0f, 2f], Backends.Run(backend, Pointwise.Relu, new(1, 1, 1, 2), [-1, 2]));
    }

    [Fact]
    public void Shaders_come_from_the_directory_that_is_given()
    {
        using var folder = new CopiedShaders();
        folder.Edit("include/rectify.glsl", text => text.Replace("? value : 0.0;", "? value : 8.0;", StringComparison.Ordinal));
        using GpuBackend backend = GpuBackend.CreateHeadless(ShaderFolder.Locate(folder.Root), Backends.Strict);
        Assert.Equal([8f, 2f], Backends.Run(backend, Pointwise.Relu, new(1, 1, 1, 2), [-1, 2]));
    }

    [Fact]
    public void A_GL_error_makes_a_debug_backend_throw_its_text()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(Pointwise.Relu, 1), new(1, 1, 1, 2));
        compiled.Run(new float[] { 1f, 2f });
        backend.Context.Gl.BindBuffer((BufferTargetARB)0x1234, 0);
        var e = Assert.Throws<LivePoolException>(() => compiled.Run(new float[] { 1f, 2f }));
        Assert.Contains("glBindBuffer", e.Message, StringComparison.Ordinal);
        Assert.Contains("glGetError InvalidEnum", e.Message, StringComparison.Ordinal);
        compiled.Run(new float[] { 1f, 2f });
    }

    [Fact]
    public void A_driver_s_message_of_high_severity_makes_a_debug_backend_throw_its_text_and_others_do_not()
    {
        using GpuBackend backend = Backends.CreateStrict();
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(Pointwise.Relu, 1), new(1, 1, 1, 2));
        Insert("a slow path", GLEnum.DebugSeverityMedium);
        compiled.Run(new float[] { 1f, 2f });
        Insert("the memory is full", GLEnum.DebugSeverityHigh);
        var e = Assert.Throws<LivePoolException>(() => compiled.Run(new float[] { 1f, 2f }));
        Assert.Equal("gpu: running relu: the memory is full", e.Message);
        Insert("no memory for a program", GLEnum.DebugSeverityHigh);
        e = Assert.Throws<LivePoolException>(() => backend.Compile(Pipeline.Of(Pointwise.Abs, 1), new(1, 1, 1, 2)));
        Assert.Equal("gpu: compiling abs: no memory for a program", e.Message);
        compiled.Run(new float[] { 1f, 2f });

        void Insert(string text, GLEnum severity) => backend.Context.Gl.DebugMessageInsert(
            DebugSource.DebugSourceApplication, DebugType.DebugTypeOther, 1, (DebugSeverity)severity, (uint)text.Length, text);
    }
}

/// <summary>A copy of the shader folder that a test may break.</summary>
internal sealed class CopiedShaders : IDisposable
{
    public CopiedShaders()
    {
        string source = Path.Combine(AppContext.BaseDirectory, "shaders");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(Root, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("livepool-gpu-").FullName;

    public void Edit(string path, Func<string, string> edit)
    {
        string full = Path.Combine(Root, path);
        string before = File.ReadAllText(full);
        string after = edit(before);
        Assert.NotEqual(before, after);
        File.WriteAllText(full, after);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
