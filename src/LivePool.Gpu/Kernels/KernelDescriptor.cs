using LivePool.Core.Backends;
using LivePool.Gpu.UserShaders;

namespace LivePool.Gpu.Kernels;

/// <summary>
/// A compute shader: the only home of its path and its local size. The local size is what the shader likes; a device
/// with lower limits gets a smaller one.
/// </summary>
/// <param name="Path">The file's path within the shader folder.</param>
/// <param name="LocalX">Invocations of a group along x.</param>
/// <param name="LocalY">Invocations of a group along y.</param>
/// <param name="SharedBytes">Shared memory that each invocation needs.</param>
/// <param name="ElementsPerInvocation">Elements along x that an invocation works on.</param>
internal sealed record KernelDescriptor(string Path, int LocalX, int LocalY = 1, int SharedBytes = 0, int ElementsPerInvocation = 4)
{
    private const int UserLocalX = 32;
    private const int UserLocalY = 4;

    public static readonly KernelDescriptor Conv2d = new("conv/conv2d.comp", 32, 4);
    /// <summary>Its shared memory is not by invocation: <see cref="ConvPoolPlan"/> finds a local size that fits.</summary>
    public static readonly KernelDescriptor ConvPool2d = new("fused/conv_pool2d.comp", 32, 8, ElementsPerInvocation: 1);
    public static readonly KernelDescriptor ConvTranspose2d = new("conv/conv_transpose2d.comp", 32, 4);
    public static readonly KernelDescriptor MaxPool2d = new("pool/max_pool2d.comp", 32, 4);
    public static readonly KernelDescriptor AvgPool2d = new("pool/avg_pool2d.comp", 32, 4);
    public static readonly KernelDescriptor LpPool2d = new("pool/lp_pool2d.comp", 32, 4);
    public static readonly KernelDescriptor IntervalPool2d = new("pool/interval_pool2d.comp", 32, 4);
    public static readonly KernelDescriptor WideIntervalPool2d =
        new("pool/interval_pool2d_wide.comp", 128, SharedBytes: sizeof(float) + sizeof(int));
    public static readonly KernelDescriptor UnpoolOwners = new("pool/unpool_owners.comp", 128);
    public static readonly KernelDescriptor MaxUnpool2d = new("pool/max_unpool2d.comp", 128);
    public static readonly KernelDescriptor Pointwise = new("pointwise/pointwise.comp", 128);
    public static readonly KernelDescriptor ExpandBytes = new("pointwise/expand_bytes.comp", 128);
    public static readonly KernelDescriptor PlaneRange = new("pointwise/plane_range.comp", 128, SharedBytes: 2 * sizeof(float));
    public static readonly KernelDescriptor FromTexture = new("texture/from_texture.comp", 32, 4, ElementsPerInvocation: 1);
    public static readonly KernelDescriptor ToTexture = new("texture/to_texture.comp", 32, 4, ElementsPerInvocation: 1);
    public static readonly KernelDescriptor FromPixels = new("pixels/from_pixels.comp", 128);
    public static readonly KernelDescriptor Copy = new("measuring/copy.comp", 256, ElementsPerInvocation: 1);
    public static readonly KernelDescriptor MultiplyAdd = new("measuring/multiply_add.comp", 256, ElementsPerInvocation: 1);

    /// <summary>The user's shader that this is; null for a built-in one.</summary>
    public UserShader? User { get; init; }

    /// <summary>A shader of the user's; with its annotations it is its own descriptor.</summary>
    public static KernelDescriptor Of(UserShader shader) =>
        new(shader.FullPath, shader.Annotations.Local?.X ?? UserLocalX, shader.Annotations.Local?.Y ?? UserLocalY, 0, shader.Annotations.Elements)
        {
            User = shader,
        };

    /// <summary>The local size that the device allows.</summary>
    /// <exception cref="DeviceLimitException">Not even one invocation fits.</exception>
    public (int X, int Y) LocalSize(DeviceLimits limits)
    {
        int most = limits.WorkGroupInvocations;
        if (SharedBytes > 0)
            most = Math.Min(most, limits.SharedMemoryBytes / SharedBytes);
        int x = Math.Min(LocalX, Math.Min(limits.WorkGroupSizeX, most));
        if (x < 1 || limits.WorkGroupSizeY < 1)
        {
            throw new DeviceLimitException($"gpu: {Path} does not fit this device: a work group may have {most} invocations; " +
                "use --backend simd");
        }
        int y = Math.Min(LocalY, Math.Min(limits.WorkGroupSizeY, most / x));
        return (x, y);
    }
}
