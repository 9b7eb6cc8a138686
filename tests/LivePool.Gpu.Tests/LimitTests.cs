using System.Reflection;
using System.Runtime.InteropServices;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu.Context;
using LivePool.Gpu.Kernels;
using LivePool.Gpu.Peaks;
using LivePool.Verification;

namespace LivePool.Gpu.Tests;

/// <summary>A device's limits are kept to or refused, never ignored.</summary>
public sealed class LimitTests
{
    // Every shader, over more groups than the lowest limits below allow. Where a shader's sum depends on its local size, the
    // numbers are whole, so that results can be compared bit by bit.
    private static readonly OperatorCase[] _cases =
    [
        new(Backends.Edge24().Stages[0], new(5, 1, 41, 331), ValueKind.Pixels, 1),
        new(Transposed(), new(4, 2, 17, 140), ValueKind.Uniform, 2),
        new(new MaxPool2d(2) { ReturnIndices = true }, new(3, 5, 33, 301), ValueKind.Ties, 3),
        new(new AvgPool2d(2) { Stride = 1 }, new(3, 5, 33, 301), ValueKind.Uniform, 4),
        new(new LpPool2d(1.5f, 2) { Stride = 1 }, new(3, 5, 33, 301), ValueKind.Pixels, 5),
        new(new AdaptiveMaxPool2d(new(20, 270)) { ReturnIndices = true }, new(3, 5, 33, 301), ValueKind.Ties, 6),
        new(new AdaptiveAvgPool2d(new(20, 270)), new(3, 5, 33, 301), ValueKind.Uniform, 7),
        new(new FractionalMaxPool2d(2) { OutputSize = new(20, 270), ReturnIndices = true }, new(3, 5, 33, 301), ValueKind.Special, 8),
        new(new AdaptiveMaxPool2d(2) { ReturnIndices = true }, new(1, 4, 70, 66), ValueKind.Special, 9),
        new(new AdaptiveAvgPool2d(1), new(3, 5, 40, 30), ValueKind.Pixels, 10),
        Unpool(new(3, 5, 20, 60), 11),
        new(Pointwise.Sigmoid, new(1, 9, 70, 71), ValueKind.Uniform, 12),
        new(Pointwise.Normalize, new(2, 9, 7, 5), ValueKind.Uniform, 13),
    ];

    private static readonly Lazy<IReadOnlyList<Result>> _unlimited = new(() => Results(limits => limits));

    [Fact]
    public void The_cases_run_every_shader()
    {
        IEnumerable<string> all = typeof(KernelDescriptor).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.GetValue(null)).OfType<KernelDescriptor>().Select(descriptor => descriptor.Path);
        using GpuBackend backend = Backends.CreateStrict();
        foreach (OperatorCase operatorCase in _cases)
            backend.Compile(Pipeline.Of(operatorCase.Spec, operatorCase.Input.C), operatorCase.Input).Dispose();
        // FusionTests runs it under limits.
        backend.Compile(PipelinePresets.Load("edge24"), new(1, 1, 20, 20), StageOutputs.Last).Dispose();
        // GpuPeaksTests runs these under limits.
        using (GpuPeaks peaks = backend.CreatePeaks())
        {
            peaks.MeasureFmaGflops();
            peaks.MeasureCopyGigabytesPerSecond(64, 64);
        }
        // TextureTests and PixelInputTests run those of textures and pictures under limits.
        Assert.Equal(all.Where(path => !path.StartsWith("texture/", StringComparison.Ordinal) && !path.StartsWith("pixels/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            backend.Kernels.Compiled.Select(descriptor => descriptor.Path).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(all.Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "shaders"), "*.comp", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Path.Combine(AppContext.BaseDirectory, "shaders"), file))
                // The lab's are no operator's.
                .Where(file => !file.StartsWith("experiments", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_group_count_limit_tiles_the_dispatch() =>
        Check(limits => limits with { WorkGroupCountX = 2, WorkGroupCountY = 3, WorkGroupCountZ = 7 });

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void So_few_groups_that_every_shader_is_tiled_on_every_axis_are_enough(int groups) =>
        Check(limits => limits with { WorkGroupCountX = groups, WorkGroupCountY = groups, WorkGroupCountZ = groups });

    [Fact]
    public void A_limit_of_few_invocations_makes_groups_smaller() =>
        Check(limits => limits with { WorkGroupInvocations = 12, WorkGroupSizeX = 8, WorkGroupSizeY = 2 });

    [Fact]
    public void The_smallest_limits_that_GL_allows_are_enough() =>
        Check(limits => limits with
        {
            WorkGroupCountX = 65535,
            WorkGroupCountY = 65535,
            WorkGroupCountZ = 65535,
            WorkGroupSizeX = 128,
            WorkGroupSizeY = 128,
            WorkGroupInvocations = 128,
            StorageBlocks = 8,
            SharedMemoryBytes = 16384,
        });

    [Fact]
    public void Little_shared_memory_makes_the_reduction_s_group_smaller() =>
        Check(limits => limits with { SharedMemoryBytes = 40 });

    [Fact]
    public void A_pass_over_more_groups_than_the_device_has_counts_8_bit_elements_too()
    {
        using GpuBackend backend = Create(limits => limits with { WorkGroupCountX = 3, WorkGroupInvocations = 4 });
        var shape = new TensorShape(1, 1, 21, 33);
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(Pointwise.ScaleOffset(), 1), shape);
        byte[] bytes = [.. Enumerable.Range(0, shape.Count).Select(i => (byte)i)];
        compiled.Run(bytes);
        Assert.Equal(bytes.Select(b => (float)b), compiled.Output(0).ToArray());
    }

    [Fact]
    public void A_buffer_beyond_the_block_limit_is_refused_with_the_numbers_and_a_way_out()
    {
        using GpuBackend backend = Create(limits => limits with { StorageBlockBytes = 4000 });
        var e = Assert.Throws<DeviceLimitException>(() => backend.Compile(Backends.Edge24(), new(1, 1, 30, 30)));
        Assert.Equal("gpu: the output of stage 1 (conv2d), [1, 2, 26, 26] needs 5,408 bytes, but this device binds at most " +
            "4,000 to a shader; use smaller frames, or --backend simd", e.Message);
    }

    [Fact]
    public void No_invocation_or_too_few_buffers_is_refused()
    {
        using GpuBackend none = Create(limits => limits with { WorkGroupInvocations = 0 });
        Assert.Contains("--backend simd", Assert.Throws<DeviceLimitException>(Compile(none)).Message, StringComparison.Ordinal);
        none.Dispose();
        using GpuBackend few = Create(limits => limits with { StorageBlocks = 3 });
        Assert.Contains("needs 4 storage buffers", Assert.Throws<DeviceLimitException>(Compile(few)).Message, StringComparison.Ordinal);

        static Action Compile(GpuBackend backend) => () => backend.Compile(Backends.Edge24(), new(1, 1, 30, 30));
    }

    public static TheoryData<OperatorSpec, TensorShape, int, string> TooFewBlocks => new()
    {
        { Transposed(), new(1, 2, 4, 4), 3, "conv/conv_transpose2d.comp needs 4 storage buffers; this device has 3" },
        { new AdaptiveMaxPool2d(2) { ReturnIndices = true }, new(1, 1, 4, 4), 4, "pool/interval_pool2d.comp needs 5 storage buffers; this device has 4" },
        { new AdaptiveMaxPool2d(1) { ReturnIndices = true }, new(1, 1, 40, 40), 4, "pool/interval_pool2d_wide.comp needs 5 storage buffers; this device has 4" },
        { new AdaptiveAvgPool2d(2), new(1, 1, 4, 4), 3, "pool/interval_pool2d.comp needs 4 storage buffers; this device has 3" },
        { Unpool(new(1, 1, 2, 2), 1).Spec, new(1, 1, 2, 2), 2, "pool/max_unpool2d.comp needs 3 storage buffers; this device has 2" },
        { new LpPool2d(2, 2), new(1, 1, 4, 4), 1, "needs 2 storage buffers; this device has 1" },
    };

    [Theory]
    [MemberData(nameof(TooFewBlocks))]
    public void Too_few_storage_blocks_are_refused_with_the_numbers(OperatorSpec spec, TensorShape input, int blocks, string message)
    {
        using GpuBackend backend = Create(limits => limits with { StorageBlocks = blocks });
        var e = Assert.Throws<DeviceLimitException>(() => backend.Compile(Pipeline.Of(spec, input.C), input));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    public static TheoryData<OperatorSpec, TensorShape, int, string> TooLargeBuffers => new()
    {
        { Transposed(), new(1, 2, 9, 9), 647, "the input, [1, 2, 9, 9] needs 648 bytes" },
        { Transposed(), new(1, 2, 1, 1), 143, "the weights of stage 1 (conv_transpose2d) needs 144 bytes" },
        { Transposed(), new(1, 2, 9, 9), 2887, "the output of stage 1 (conv_transpose2d), [1, 2, 19, 19] needs 2,888 bytes" },
        { new LpPool2d(2, 1), new(1, 1, 9, 9), 323, "the input, [1, 1, 9, 9] needs 324 bytes" },
        { new AdaptiveAvgPool2d(new(1, 30)), new(1, 1, 1, 3), 239, "the column intervals of stage 1 (adaptive_avg_pool2d) needs 240 bytes" },
        { new AdaptiveMaxPool2d(new(30, 1)), new(1, 1, 3, 1), 239, "the row intervals of stage 1 (adaptive_max_pool2d) needs 240 bytes" },
        { Unpool(new(1, 1, 2, 2), 1).Spec, new(1, 1, 2, 2), 63, "the output of stage 1 (max_unpool2d), [1, 1, 4, 4] needs 64 bytes" },
    };

    [Theory]
    [MemberData(nameof(TooLargeBuffers))]
    public void A_buffer_beyond_the_block_limit_is_refused_by_every_shader(OperatorSpec spec, TensorShape input, int bytes, string message)
    {
        using GpuBackend backend = Create(limits => limits with { StorageBlockBytes = bytes });
        var e = Assert.Throws<DeviceLimitException>(() => backend.Compile(Pipeline.Of(spec, input.C), input));
        Assert.StartsWith($"gpu: {message}, but this device binds at most {bytes:N0} to a shader", e.Message, StringComparison.Ordinal);
        using GpuBackend enough = Create(limits => limits with { StorageBlockBytes = bytes + 1 });
        if (!message.StartsWith("the input", StringComparison.Ordinal))
            enough.Compile(Pipeline.Of(spec, input.C), input).Dispose();
    }

    [Fact]
    public void Positions_beyond_32_bits_are_refused()
    {
        using GpuBackend backend = Backends.CreateStrict();
        var conv = new Conv2d(new Tensor(new(1, 1, 1, 1))) { Padding = 1 << 29, Stride = 1 << 30 };
        Refuses(() => backend.Compile(Pipeline.Of(conv, 1), new(1, 1, 1, 1)), "position 2,684,354,563");
        var pool = new LpPool2d(2, 1) { Stride = int.MaxValue };
        Refuses(() => backend.Compile(Pipeline.Of(pool, 1), new(1, 1, 1, 1)), "position 2,147,483,650");
        // Sizes whose buffers this machine may not have.
        Refuses(() => backend.Builder.PlaneRange(null!, null!, new(1, 1, 1, int.MaxValue)), "position 2,147,483,775");
        Refuses(() => backend.Builder.ExpandBytes(null!, null!, int.MaxValue), "position 2,147,483,648");

        static void Refuses(Action action, string position)
        {
            string message = Assert.Throws<DeviceLimitException>(action).Message;
            Assert.Contains(position, message, StringComparison.Ordinal);
            Assert.Contains("2,147,483,647", message, StringComparison.Ordinal);
        }
    }

    private static ConvTranspose2d Transposed()
    {
        var weight = new Tensor(new(2, 2, 3, 3));
        for (int i = 0; i < weight.Elements.Length; i++)
            weight.Elements[i] = (i % 7 - 3) / 16f;
        return new(weight) { Stride = 2 };
    }

    private static OperatorCase Unpool(TensorShape input, int seed)
    {
        var random = new Random(seed);
        long[] indices = new long[input.Count];
        foreach (ref long index in indices.AsSpan())
            index = random.Next(4 * input.PlaneSize);
        return new(new MaxUnpool2d(new IndexTensor(input, indices), 2), input, ValueKind.Special, seed);
    }

    /// <summary>Within limits every case is right, and the same bit by bit as without.</summary>
    private static void Check(Func<DeviceLimits, DeviceLimits> change)
    {
        using GpuBackend backend = Create(change);
        CaseRunner.Check(backend, _cases);
        foreach ((Result limited, Result unlimited) in Results(change).Zip(_unlimited.Value))
        {
            Assert.Equal(unlimited.Bits, limited.Bits);
            Assert.Equal(unlimited.Indices, limited.Indices);
        }
    }

    private static List<Result> Results(Func<DeviceLimits, DeviceLimits> change)
    {
        using GpuBackend backend = Create(change);
        var results = new List<Result>();
        foreach (OperatorCase operatorCase in _cases)
        {
            using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(operatorCase.Spec, operatorCase.Input.C), operatorCase.Input);
            compiled.Run(operatorCase.MakeInput());
            results.Add(new(MemoryMarshal.Cast<float, int>(compiled.Output(0)).ToArray(), compiled.Indices(0).ToArray()));
        }
        return results;
    }

    private static GpuBackend Create(Func<DeviceLimits, DeviceLimits> change)
    {
        using GpuContext context = GpuContext.CreateHeadless();
        DeviceLimits limits = change(DeviceLimits.Query(context.Gl));
        return GpuBackend.CreateHeadless(options: Backends.Strict with { Limits = limits });
    }

    private sealed record Result(int[] Bits, long[] Indices);
}
