using CsCheck;
using LivePool.Core.Operators;

namespace LivePool.Oracle.Tests;

/// <summary>
/// The reference against ONNX Runtime on random cases: an implementation that shares no code and no author with ours or
/// with PyTorch, on shapes and parameters that nobody chose. PyTorch's fixtures pin the rules; these find what the chosen
/// cases leave out.
/// </summary>
public sealed class OracleTests
{
    private const int Cases = 300;

    // Protects groups, dilation, stride and uneven padding together: a wrong group's offset or a swapped axis.
    [Fact]
    public void Convolutions() => OracleCases.Convolutions.Sample(OracleCheck.Check, iter: Cases);

    // Protects the scatter's positions and the size that output_padding, groups and uneven padding give.
    [Fact]
    public void Transposed_convolutions() => OracleCases.TransposedConvolutions.Sample(OracleCheck.Check, iter: Cases);

    // Protects the number of windows in ceil mode, the phase of dilated taps, and which of equal maxima the index names.
    [Fact]
    public void Max_pools_and_their_indices() => OracleCases.MaxPools.Sample(OracleCheck.Check, iter: Cases);

    // Protects the divisor at borders. Without ceil mode: there ONNX Runtime counts a window's overhang that PyTorch does
    // not (4x4 of 1..16 by 3, stride 2, padding 1 has other corners).
    [Fact]
    public void Average_pools() => OracleCases.AveragePools.Sample(OracleCheck.Check, iter: Cases);

    // Protects the factor and the root. Only even p: ONNX takes |x|^p. Without ceil mode, as for averages.
    [Fact]
    public void Power_pools() => OracleCases.PowerPools.Sample(OracleCheck.Check, iter: Cases);

    // Protects the adaptive windows of the one size that both know.
    [Fact]
    public void Global_average_pools() => OracleCases.GlobalPools(new AdaptiveAvgPool2d(1)).Sample(OracleCheck.Check, iter: Cases);

    [Fact]
    public void Global_max_pools() => OracleCases.GlobalPools(new AdaptiveMaxPool2d(1)).Sample(OracleCheck.Check, iter: Cases);

    // Protects the planes' offsets and the default size with stride and padding.
    [Fact]
    public void Unpools() => OracleCases.Unpools.Sample(OracleCheck.Check, iter: Cases);

    // Protect each function's formula and its parameters' order.
    [Fact]
    public void Relu() => OracleCases.Pointwise(Gen.Const<OperatorSpec>(Pointwise.Relu)).Sample(OracleCheck.Check, iter: Cases);

    [Fact]
    public void Leaky_relu() => OracleCases.Pointwise(Gen.Float[-2, 2].Select(slope => (OperatorSpec)Pointwise.LeakyRelu(slope)))
        .Sample(OracleCheck.Check, iter: Cases);

    [Fact]
    public void Abs() => OracleCases.Pointwise(Gen.Const<OperatorSpec>(Pointwise.Abs)).Sample(OracleCheck.Check, iter: Cases);

    [Fact]
    public void Clamp() => OracleCases.Pointwise(Gen.Select(Gen.Float[-5, 5], Gen.Float[0, 5],
        (min, range) => (OperatorSpec)Pointwise.Clamp(min, min + range))).Sample(OracleCheck.Check, iter: Cases);

    [Fact]
    public void Sigmoid() => OracleCases.Pointwise(Gen.Const<OperatorSpec>(Pointwise.Sigmoid))
        .Sample(OracleCheck.CheckInDouble, iter: Cases);

    [Fact]
    public void Tanh() => OracleCases.Pointwise(Gen.Const<OperatorSpec>(Pointwise.Tanh))
        .Sample(OracleCheck.CheckInDouble, iter: Cases);
}
