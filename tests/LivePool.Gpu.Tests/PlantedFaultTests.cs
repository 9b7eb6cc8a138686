using LivePool.Core.Pipelines;
using LivePool.Cpu.Reference;
using LivePool.Gpu.Context;
using LivePool.Shaders;
using LivePool.Verification;

namespace LivePool.Gpu.Tests;

/// <summary>
/// The case table finds faults: each of these, planted in a copy of the shaders, fails a case of its operator, and the
/// report says where. The first such case is the test's output.
/// </summary>
public sealed class PlantedFaultTests(ITestOutputHelper output)
{
    /// <param name="Name">What is wrong.</param>
    /// <param name="Operator">Whose cases must find it.</param>
    /// <param name="File">The shader.</param>
    /// <param name="Old">The text that is replaced; it must be there exactly <paramref name="Times"/> times.</param>
    /// <param name="New">What replaces it.</param>
    /// <param name="Times">How often.</param>
    /// <param name="IsTiled">Whether the device is to have few, small groups.</param>
    /// <param name="IsRace">Whether a GPU may be lucky; llvmpipe never is.</param>
    private sealed record Fault(
        string Name, string Operator, string File, string Old, string New, int Times = 1, bool IsTiled = false,
        bool IsRace = false);

    private const string Conv2d = "conv/conv2d.comp";
    private const string ConvTranspose2d = "conv/conv_transpose2d.comp";
    private const string MaxPool2d = "pool/max_pool2d.comp";
    private const string AvgPool2d = "pool/avg_pool2d.comp";
    private const string LpPool2d = "pool/lp_pool2d.comp";
    private const string IntervalPool2d = "pool/interval_pool2d.comp";
    private const string WideIntervalPool2d = "pool/interval_pool2d_wide.comp";
    private const string UnpoolOwners = "pool/unpool_owners.comp";
    private const string MaxUnpool2d = "pool/max_unpool2d.comp";
    private const string PlaneRange = "pointwise/plane_range.comp";
    private const string Pointwise = "pointwise/pointwise.comp";
    private const string Grid = "include/grid.glsl";
    private const string Maximum = "include/maximum.glsl";
    private const string Padding = "include/padding.glsl";
    private const string Rectify = "include/rectify.glsl";
    private const string Power = "include/power.glsl";

    /// <summary>An operator of each shader that counts its position in the grid by rows and by columns.</summary>
    private static readonly string[] _gridOperators =
    [
        "conv2d", "conv_transpose2d", "max_pool2d", "avg_pool2d", "lp_pool2d", "adaptive_avg_pool2d", "fractional_max_pool2d",
    ];

    /// <summary>An operator of each shader that does so by elements of a plane.</summary>
    private static readonly string[] _planeOperators = ["max_unpool2d", "relu", "normalize"];

    private static readonly IReadOnlyDictionary<string, Fault> _faults = new[]
    {
        new Fault("the last tap of a row is left out", "conv2d", Conv2d, "j < kernelWidth;", "j < kernelWidth - 1;", Times: 2),
        new Fault("the kernel has a row too many", "conv2d", Conv2d, "i < kernelHeight;", "i <= kernelHeight;"),
        new Fault("the column after the last is inside", "conv2d", Padding, "position < extent ? position : -1", "position <= extent ? position : -1"),
        new Fault("reflection repeats the border", "conv2d", Padding, "2 * (extent - 1) - position", "2 * extent - 1 - position"),
        new Fault("the kernel is mirrored", "conv2d", Conv2d, "weight[w + j]", "weight[w + kernelWidth - 1 - j]", Times: 2),
        new Fault("rows step by the columns' stride", "conv2d", Conv2d, "position.y * strideHeight", "position.y * strideWidth"),
        new Fault("every group reads the first one's channels", "conv2d", Conv2d, "outputChannel / outputChannelsPerGroup * inputChannelsPerGroup", "0"),
        new Fault("the bias is forgotten", "conv2d", Conv2d, "hasBias != 0 ?", "hasBias > 1 ?"),
        new Fault("sums are rounded to 16 bits", "conv2d", Conv2d, "sum = fma(vec4(weight[w + j]), values, sum);",
            "sum = fma(vec4(weight[w + j]), values, sum); sum = vec4(unpackHalf2x16(packHalf2x16(sum.xy)), unpackHalf2x16(packHalf2x16(sum.zw)));", Times: 2),
        new Fault("a weight of 0 is skipped", "conv2d", Conv2d, "sum = fma(vec4(weight[w + j]), values, sum);",
            "if (weight[w + j] != 0.0) sum += weight[w + j] * values;", Times: 2),
        new Fault("a padded tap is skipped", "conv2d", Conv2d, "sum = fma(vec4(weight[w + j]), values, sum);",
            "sum += mix(weight[w + j] * values, vec4(0.0), equal(values, vec4(0.0)));", Times: 2),

        new Fault("taps have a wrong phase", "conv_transpose2d", ConvTranspose2d, "offset % stride == 0", "offset % stride == stride - 1"),
        new Fault("the row after the last is inside", "conv_transpose2d", ConvTranspose2d, "row.y >= inputHeight", "row.y > inputHeight"),
        new Fault("the dilation is not part of the step", "conv_transpose2d", ConvTranspose2d, "return ivec2(stride, dilation) / divisor;", "return ivec2(stride, 1);"),
        new Fault("an element outside counts as a zero", "conv_transpose2d", ConvTranspose2d, "if (column.y < inputWidth)", "if (column.y >= inputWidth) sum += float(hasBias / 2) * weight[w + row.x * kernelWidth + column.x]; else"),
        new Fault("the kernel's rows and columns are swapped", "conv_transpose2d", ConvTranspose2d, "row.x * kernelWidth + column.x", "column.x * kernelWidth + row.x"),
        new Fault("the group's first channel is not added", "conv_transpose2d", ConvTranspose2d, "(firstChannel * outputChannelsPerGroup + outputChannel", "(outputChannel"),

        new Fault("the last of equal values wins", "max_pool2d", Maximum, "return value > best || isNaN(value);", "return value >= best || isNaN(value);"),
        new Fault("max() drops NaN", "max_pool2d", Maximum, "return value > best || isNaN(value);", "return max(best, value) > best;"),
        new Fault("the first NaN stays", "max_pool2d", Maximum, "return value > best || isNaN(value);", "return value > best || isNaN(value) && !isNaN(best);"),
        new Fault("a maximum starts at the lowest half", "max_pool2d", MaxPool2d, "float best = negativeInfinity();", "float best = -65504.0;"),
        new Fault("dilation loses its phase before the input", "max_pool2d", MaxPool2d, "start + (-start + dilation - 1) / dilation * dilation", "0"),
        new Fault("the window ends a column early", "max_pool2d", MaxPool2d, "(kernelWidth - 1) * dilationWidth + 1", "(kernelWidth - 1) * dilationWidth"),
        new Fault("an index counts by the output's width", "max_pool2d", MaxPool2d, "winner = row * inputWidth + column;", "winner = row * outputWidth + column;"),

        new Fault("the window has a column too many", "avg_pool2d", AvgPool2d, "column < columnEnd;", "column <= columnEnd;"),
        new Fault("the window has a row too many", "avg_pool2d", AvgPool2d, "row < rowEnd;", "row <= rowEnd;"),
        new Fault("padding counts when it should not", "avg_pool2d", AvgPool2d, "countIncludePad != 0 ?", "countIncludePad == 0 ?"),
        new Fault("a ceil overhang counts", "avg_pool2d", AvgPool2d, "int paddedRows = rowEnd - rowStart;", "int paddedRows = kernelHeight;"),
        new Fault("the divisor override is ignored", "avg_pool2d", AvgPool2d, "divisorOverride != 0 ?", "divisorOverride > 100 ?"),

        new Fault("the kernel's area is the window's", "lp_pool2d", LpPool2d, "mean * kernelArea", "mean * (float(rowEnd - rowStart) * float(columnEnd - columnStart))"),
        new Fault("the root is left out", "lp_pool2d", LpPool2d, "= power(scaled, inverseNormType);", "= scaled;"),
        new Fault("powers are of magnitudes", "lp_pool2d", LpPool2d, "power(x[plane + row * inputWidth + column], normType)", "power(abs(x[plane + row * inputWidth + column]), normType)"),
        new Fault("a negative base of a fractional power is no NaN", "lp_pool2d", Power, "isFinite(magnitude) ? uintBitsToFloat(0x7FC00000u)", "isFinite(magnitude) ? result"),
        new Fault("a square root of -infinity is infinity", "lp_pool2d", Power, "abs(exponent) == 0.5)", "abs(exponent) == 0.5 && bits == 0x80000000u)"),
        new Fault("a whole power has a factor too many", "lp_pool2d", Power, "i < abs(exponent);", "i <= abs(exponent);"),
        new Fault("0 to a negative power is 0", "lp_pool2d", Power, "(bits == 0u) == (exponent < 0.0)", "bits != 0u"),

        new Fault("the window has a column too many", "adaptive_avg_pool2d", IntervalPool2d, "column < columnRange.y;", "column <= columnRange.y;", Times: 2),
        new Fault("the window ends a row early", "adaptive_max_pool2d", IntervalPool2d, "row < rowRange.y;", "row < rowRange.y - 1;", Times: 2),
        new Fault("the divisor has a row too many", "adaptive_avg_pool2d", IntervalPool2d, "(float(rowRange.y - rowRange.x)", "(float(rowRange.y - rowRange.x + 1)"),
        new Fault("a window of -infinity has index 0", "adaptive_max_pool2d", IntervalPool2d, "int winner = rowRange.x * inputWidth + columnRange.x;", "int winner = 0;"),
        new Fault("every plane has the first one's windows", "fractional_max_pool2d", IntervalPool2d, "intervalsPerPlane != 0 ? position.z : 0", "0"),
        new Fault("a large window's last elements are left out", "adaptive_avg_pool2d", WideIntervalPool2d, "i < area;", "i < area - LOCAL_X;"),
        new Fault("a large window's barrier is dropped", "adaptive_avg_pool2d", WideIntervalPool2d, "barrier();", "", IsRace: true),
        new Fault("the last of a large window's equal values wins", "adaptive_max_pool2d", Maximum, "place < bestPlace", "place > bestPlace"),
        new Fault("a large window's first NaN stays", "adaptive_max_pool2d", Maximum, "(!isNaN(best) || place > bestPlace)", "!isNaN(best)"),
        new Fault("a large window's last lane is not joined", "adaptive_avg_pool2d", WideIntervalPool2d, "i < LOCAL_X;", "i < LOCAL_X - 1;"),

        new Fault("the first of equal indices wins", "max_unpool2d", UnpoolOwners, "atomicMax(owner[target], elements[k] + 1);", "atomicCompSwap(owner[target], 0, elements[k] + 1);"),
        new Fault("an output without an owner shows the first element", "max_unpool2d", MaxUnpool2d, "source < 0 ? 0u : x[plane * inputPlaneSize + source]", "x[plane * inputPlaneSize + max(source, 0)]"),
        new Fault("indices count over all planes", "max_unpool2d", UnpoolOwners, "plane * outputPlaneSize + index[", "index["),

        new Fault("the range's barrier is dropped", "normalize", PlaneRange, "barrier();", "", IsRace: true),
        new Fault("infinities count in the range", "normalize", PlaneRange, "bool counts = isFinite(value);", "bool counts = true;"),
        new Fault("every plane has the first one's range", "normalize", Pointwise, "range[2 * plane];", "range[0];"),
        new Fault("relu makes 0 of NaN", "relu", Rectify, "value > 0.0 || isNaN(value) ? value : 0.0", "value > 0.0 ? value : 0.0"),
        new Fault("clamp prefers the lower bound", "clamp", Pointwise, "raised > b ? b : raised", "value > b ? b : raised"),
        new Fault("exp of a large number", "sigmoid", Pointwise, "exp(-abs(value))", "exp(abs(value))"),
        new Fault("1 - e cancels near 0", "tanh", Pointwise, "abs(value) < 0.625 ? nearZero :", ""),
    }
        .Concat(_gridOperators.SelectMany(name => GridFaults(name, "xyz")))
        .Concat(_planeOperators.SelectMany(name => GridFaults(name, "xz")))
        .Append(new("the range's groupOffset is halved", "normalize", PlaneRange, "gl_WorkGroupID.z + groupOffset.z", "gl_WorkGroupID.z + groupOffset.z / 2u", IsTiled: true))
        .ToDictionary(fault => $"{fault.Operator}: {fault.Name}");

    public static TheoryData<string> Names => [.. _faults.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_fault_is_caught_by_a_case_of_its_operator_and_located(string name)
    {
        Fault fault = _faults[name];
        using var folder = new CopiedShaders();
        folder.Edit(fault.File, text =>
        {
            Assert.Equal(fault.Times, text.Split(fault.Old).Length - 1);
            return text.Replace(fault.Old, fault.New, StringComparison.Ordinal);
        });
        GpuBackendOptions options = fault.IsTiled ? Backends.Strict with { Limits = FewSmallGroups() } : Backends.Strict;
        using GpuBackend backend = GpuBackend.CreateHeadless(ShaderFolder.Locate(folder.Root), options);

        ComparisonReport? report = null;
        OperatorCase? caught = OperatorCases.All.FirstOrDefault(
            item => item.Spec.Name == fault.Operator && !(report = Run(backend, item)).Passed);
        if (caught is null && fault.IsRace && !backend.Device.IsSoftware)
            return;
        Assert.True(caught is not null && report is not null, "no case of the table catches it");
        using GpuBackend sound = GpuBackend.CreateHeadless(options: options);
        Assert.True(Run(sound, caught).Passed, $"the case fails without the fault, too: {caught}");
        string where = report.Failures > 0 ? $"{report.Worst}" : $"index {report.FirstWrongIndex}";
        Assert.Equal(fault.Operator, report.Operator);
        Assert.Matches(@"\[\d+, \d+, \d+, \d+\]: got ", where);
        output.WriteLine($"{name} | {caught} | {where}");
    }

    /// <summary>
    /// A group that is left out, and a tile that starts in the wrong place. Small groups make several of the table's small
    /// outputs.
    /// </summary>
    private static IEnumerable<Fault> GridFaults(string name, string axes)
    {
        const string Position = "return ivec3((gl_WorkGroupID + groupOffset) * uvec3(LOCAL_X, LOCAL_Y, 1) + gl_LocalInvocationID);";
        foreach (char axis in axes)
        {
            yield return new($"the last group of several along {axis} is left out", name, Grid, Position,
                $"if (gl_WorkGroupID.{axis} > 0u && gl_WorkGroupID.{axis} + 1u == gl_NumWorkGroups.{axis})\n        return ivec3(1 << 24);\n    {Position}",
                IsTiled: axis != 'z');
        }
        yield return new("groupOffset is halved", name, Grid, "gl_WorkGroupID + groupOffset", "gl_WorkGroupID + groupOffset / 2u", IsTiled: true);
    }

    /// <summary>Groups of 4 invocations, and 2 of them along each axis.</summary>
    private static DeviceLimits FewSmallGroups()
    {
        using GpuContext context = GpuContext.CreateHeadless();
        return DeviceLimits.Query(context.Gl) with
        {
            WorkGroupInvocations = 4,
            WorkGroupCountX = 2,
            WorkGroupCountY = 2,
            WorkGroupCountZ = 2,
        };
    }

    private static ComparisonReport Run(GpuBackend backend, OperatorCase item)
    {
        float[] input = item.MakeInput();
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(item.Spec, item.Input.C), item.Input);
        compiled.Run(input);
        return new OperatorCheck(new ReferenceOperators()).Compare(
            item.Spec, item.Input, input, compiled.Output(0), compiled.Indices(0),
            new Arithmetic(ErrorBound.AnyRounding, FlushesSubnormals: true));
    }
}
