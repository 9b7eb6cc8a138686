using System.Reflection;
using System.Runtime.InteropServices;
using LivePool.Core.Operators;
using LivePool.Gpu.Kernels;
using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Tests;

/// <summary>The uniform blocks that GL sees are the structs that the host writes.</summary>
public sealed class UniformBlockTests
{
    [Fact]
    public void Every_parameter_struct_of_the_operators_has_a_kernel_here()
    {
        IEnumerable<string> structs = typeof(OperatorSpec).Assembly.GetTypes()
            .Where(type => type.IsValueType && type.Name.EndsWith("Parameters", StringComparison.Ordinal)).Select(type => type.Name);
        Assert.Equal(
            ["Conv2dParameters", "ConvTranspose2dParameters", "IntervalPool2dParameters", "LpPool2dParameters",
                "MaxUnpool2dParameters", "PointwiseParameters", "Pool2dParameters"],
            structs.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Offsets_in_GL_are_the_structs_offsets()
    {
        using GpuBackend backend = Backends.CreateStrict();
        Check<Conv2dParameters>(backend, KernelDescriptor.Conv2d, "PADDING_ZEROS");
        Check<Conv2dParameters>(backend, KernelDescriptor.ConvPool2d, "PADDING_ZEROS", "POOL_MEAN", "CHANNELS 1", "KERNEL_HEIGHT 1",
            "KERNEL_WIDTH 1", "STRIDE_HEIGHT 1", "STRIDE_WIDTH 1", "DILATION_HEIGHT 1", "DILATION_WIDTH 1", "PHASES 2",
            "TILE_ROWS 16", "TILE_PITCH 32");
        Check<ConvTranspose2dParameters>(backend, KernelDescriptor.ConvTranspose2d);
        Check<Pool2dParameters>(backend, KernelDescriptor.MaxPool2d);
        Check<Pool2dParameters>(backend, KernelDescriptor.AvgPool2d);
        Check<LpPool2dParameters>(backend, KernelDescriptor.LpPool2d);
        Check<IntervalPool2dParameters>(backend, KernelDescriptor.IntervalPool2d, "POOL_MEAN");
        Check<IntervalPool2dParameters>(backend, KernelDescriptor.WideIntervalPool2d, "POOL_MEAN");
        Check<MaxUnpool2dParameters>(backend, KernelDescriptor.UnpoolOwners);
        Check<MaxUnpool2dParameters>(backend, KernelDescriptor.MaxUnpool2d);
        Check<PointwiseParameters>(backend, KernelDescriptor.Pointwise, "FUNCTION_RELU");
        Check<ExpandBytesParameters>(backend, KernelDescriptor.ExpandBytes);
        Check<PlaneRangeParameters>(backend, KernelDescriptor.PlaneRange);
        Check<PixelParameters>(backend, KernelDescriptor.FromPixels, "PIXELS_LUMA");
        Check<CopyParameters>(backend, KernelDescriptor.Copy);
        Check<MultiplyAddParameters>(backend, KernelDescriptor.MultiplyAdd, "STEPS 4");
    }

    private static unsafe void Check<T>(GpuBackend backend, KernelDescriptor descriptor, params string[] defines) where T : unmanaged
    {
        GL gl = backend.Context.Gl;
        uint program = backend.Kernels.Get<T>(descriptor, defines).Program;
        FieldInfo[] fields = typeof(T).GetFields(BindingFlags.Public | BindingFlags.Instance);
        var properties = stackalloc ProgramResourceProperty[] { ProgramResourceProperty.Offset, ProgramResourceProperty.Type };
        int* values = stackalloc int[2];
        uint length;
        foreach (FieldInfo field in fields)
        {
            string member = ParameterBlock.MemberName(field.Name);
            uint index = gl.GetProgramResourceIndex(program, ProgramInterface.Uniform, member);
            Assert.True(index != uint.MaxValue, $"{descriptor.Path} has no {member}");
            gl.GetProgramResource(program, ProgramInterface.Uniform, index, 2, properties, 2, &length, values);
            Assert.Equal((int)Marshal.OffsetOf<T>(field.Name), values[0]);
            Assert.Equal(field.FieldType == typeof(int) ? (int)GLEnum.Int : (int)GLEnum.Float, values[1]);
        }
        gl.GetActiveUniformBlock(program, 0, UniformBlockPName.DataSize, out int size);
        Assert.InRange(size, sizeof(T), sizeof(T) + 15);
    }
}
