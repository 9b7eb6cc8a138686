using LivePool.Gpu.UserShaders;

namespace LivePool.Gpu.Kernels;

/// <summary>A compiled compute shader with its local size.</summary>
internal sealed record Kernel(KernelDescriptor Descriptor, uint Program, int LocalX, int LocalY, int GroupOffsetLocation)
{
    /// <summary>What a shader of the user's has besides; null for a built-in one.</summary>
    public UserProgram? User { get; init; }

    /// <summary>Work groups that cover a grid of elements.</summary>
    public (int X, int Y, int Z) Groups((int Columns, int Rows, int Planes) grid) =>
        (Divide(grid.Columns, LocalX * Descriptor.ElementsPerInvocation), Divide(grid.Rows, LocalY), grid.Planes);

    private static int Divide(int elements, int perGroup) => (int)(((long)elements + perGroup - 1) / perGroup);
}
