using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Gpu.Kernels;
using LivePool.Shaders;

namespace LivePool.Gpu.UserShaders;

/// <summary>The built-in kernel of an operator, as what a shader that claims to be the operator starts from.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Path">The kernel's path within the shader folder.</param>
/// <param name="Local">The invocations of a work group.</param>
/// <param name="Elements">Output elements that one invocation writes.</param>
/// <param name="Block">The uniform block that both find declared.</param>
public sealed record OperatorShader(string Operator, string Path, (int X, int Y) Local, int Elements, string Block)
{
    private static readonly string[] _names =
    [
        "conv2d", "conv_transpose2d", "max_pool2d", "avg_pool2d", "lp_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d",
        "fractional_max_pool2d", "max_unpool2d", "relu", "leaky_relu", "abs", "sigmoid", "tanh", "clamp", "scale_offset", "normalize",
    ];

    /// <summary>The operators that a shader can claim to be.</summary>
    public static IReadOnlyList<string> Names => _names;

    /// <summary>The kernel of an operator.</summary>
    /// <exception cref="LivePoolException">There is no such operator.</exception>
    public static OperatorShader Of(string name) => name switch
    {
        "conv2d" => Create(name, KernelDescriptor.Conv2d, ParameterBlock.Declare<Conv2dParameters>()),
        "conv_transpose2d" => Create(name, KernelDescriptor.ConvTranspose2d, ParameterBlock.Declare<ConvTranspose2dParameters>()),
        "max_pool2d" => Create(name, KernelDescriptor.MaxPool2d, ParameterBlock.Declare<Pool2dParameters>()),
        "avg_pool2d" => Create(name, KernelDescriptor.AvgPool2d, ParameterBlock.Declare<Pool2dParameters>()),
        "lp_pool2d" => Create(name, KernelDescriptor.LpPool2d, ParameterBlock.Declare<LpPool2dParameters>()),
        "adaptive_avg_pool2d" or "adaptive_max_pool2d" or "fractional_max_pool2d" =>
            Create(name, KernelDescriptor.IntervalPool2d, ParameterBlock.Declare<IntervalPool2dParameters>()),
        "max_unpool2d" => Create(name, KernelDescriptor.MaxUnpool2d, ParameterBlock.Declare<MaxUnpool2dParameters>()),
        _ when _names.Contains(name) => Create(name, KernelDescriptor.Pointwise, ParameterBlock.Declare<PointwiseParameters>()),
        _ => throw new LivePoolException($"there is no operator {name} with a shader; known are {string.Join(", ", _names)}"),
    };

    private static OperatorShader Create(string name, KernelDescriptor kernel, string block) =>
        new(name, kernel.Path, (kernel.LocalX, kernel.LocalY), kernel.ElementsPerInvocation, block);
}
