using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu.Context;
using LivePool.Verification;

namespace LivePool.Gpu.Tests;

/// <summary>A device's limits are kept to or refused, never ignored.</summary>
public sealed class LimitTests
{
    private static readonly OperatorCase[] _cases =
    [
        new(Backends.Edge24().Stages[0], new(5, 1, 41, 331), ValueKind.Pixels, 1),
        new(new MaxPool2d(2) { ReturnIndices = true }, new(3, 5, 33, 301), ValueKind.Ties, 2),
        new(new AvgPool2d(2) { Stride = 1 }, new(3, 5, 33, 301), ValueKind.Uniform, 3),
        new(Pointwise.Sigmoid, new(1, 9, 70, 71), ValueKind.Uniform, 4),
        new(Pointwise.Normalize, new(2, 9, 7, 5), ValueKind.Uniform, 5),
    ];

    [Fact]
    public void A_group_count_limit_tiles_the_dispatch() =>
        Check(limits => limits with { WorkGroupCountX = 2, WorkGroupCountY = 3, WorkGroupCountZ = 7 });

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
        var e = Assert.Throws<LivePoolException>(() => backend.Compile(Backends.Edge24(), new(1, 1, 30, 30)));
        Assert.Equal("gpu: the output of stage 1 (conv2d), [1, 2, 26, 26] needs 5,408 bytes, but this device binds at most " +
            "4,000 to a shader; use smaller frames, or --backend simd", e.Message);
    }

    [Fact]
    public void No_invocation_or_too_few_buffers_is_refused()
    {
        using GpuBackend none = Create(limits => limits with { WorkGroupInvocations = 0 });
        Assert.Contains("--backend simd", Assert.Throws<LivePoolException>(Compile(none)).Message, StringComparison.Ordinal);
        none.Dispose();
        using GpuBackend few = Create(limits => limits with { StorageBlocks = 3 });
        Assert.Contains("needs 4 storage buffers", Assert.Throws<LivePoolException>(Compile(few)).Message, StringComparison.Ordinal);

        static Action Compile(GpuBackend backend) => () => backend.Compile(Backends.Edge24(), new(1, 1, 30, 30));
    }

    [Fact]
    public void Positions_beyond_32_bits_are_refused()
    {
        using GpuBackend backend = Backends.CreateStrict();
        var conv = new Conv2d(new Tensor(new(1, 1, 1, 1))) { Padding = 1 << 30, Stride = 1 << 30 };
        var e = Assert.Throws<LivePoolException>(() => backend.Compile(Pipeline.Of(conv, 1), new(1, 1, 1, 1)));
        Assert.Contains("position", e.Message, StringComparison.Ordinal);
    }

    private static void Check(Func<DeviceLimits, DeviceLimits> change)
    {
        using GpuBackend backend = Create(change);
        CaseRunner.Check(backend, _cases);
    }

    private static GpuBackend Create(Func<DeviceLimits, DeviceLimits> change)
    {
        using GpuContext context = GpuContext.CreateHeadless();
        DeviceLimits limits = change(DeviceLimits.Query(context.Gl));
        return GpuBackend.CreateHeadless(options: Backends.Strict with { Limits = limits });
    }
}
