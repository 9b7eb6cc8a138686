using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using PaddingMode = LivePool.Core.Operators.PaddingMode;

namespace LivePool.Verification.Tests;

/// <summary>Random cases are valid, reach every corner of every operator, and are the same on every machine.</summary>
public sealed class CaseGeneratorTests
{
    private static readonly OperatorCase[] _cases = [.. Enumerable.Range(0, 20000).Select(new CaseGenerator(1, []).Create)];

    private static T[] Specs<T>() => [.. _cases.Select(item => item.Spec).OfType<T>()];

    [Fact]
    public void Every_case_is_valid()
    {
        Assert.All(_cases, item => item.Spec.OutputShape(item.Input));
        Assert.All(Enumerable.Range(0, 2000).Select(new CaseGenerator(-5, []).Create), item => item.Spec.OutputShape(item.Input));
    }

    [Fact]
    public void Every_operator_and_every_kind_of_values_is_drawn()
    {
        Assert.Equal(CaseGenerator.OperatorNames.Order(StringComparer.Ordinal),
            _cases.Select(item => item.Spec.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(OperatorCases.All.Select(item => item.Spec.Name).Distinct().Order(StringComparer.Ordinal),
            CaseGenerator.OperatorNames.Order(StringComparer.Ordinal));
        foreach (IGrouping<string, OperatorCase> group in _cases.GroupBy(item => item.Spec.Name))
            Assert.All(Enum.GetValues<ValueKind>(), kind => Assert.Contains(group, item => item.Values == kind));
    }

    [Fact]
    public void Shapes_reach_their_corners()
    {
        foreach (IGrouping<string, OperatorCase> group in _cases.GroupBy(item => item.Spec.Name))
        {
            Assert.Contains(group, item => item.Input.N > 1);
            Assert.Contains(group, item => item.Input.C > 4);
            Assert.Contains(group, item => item.Input.H == 1 && item.Input.W > 1);
            Assert.Contains(group, item => item.Input.W == 1 && item.Input.H > 1);
            Assert.Contains(group, item => item.Input.PlaneSize == 1);
            Assert.Contains(group, item => item.Input.W > (item.Spec is MaxUnpool2d ? 15 : 50));
        }
    }

    [Fact]
    public void Convolutions_reach_their_corners()
    {
        Conv2d[] convolutions = Specs<Conv2d>();
        Assert.All(Enum.GetValues<PaddingMode>(), mode => Assert.Contains(convolutions, c => c.PaddingMode == mode && c.Padding != 0));
        Assert.Contains(convolutions, c => c.Padding.IsSame);
        Assert.Contains(convolutions, c => !c.Padding.IsSymmetric);
        Assert.Contains(convolutions, c => c.Groups > 2);
        Assert.Contains(convolutions, c => c.Stride.Height > c.KernelSize.Height);
        Assert.Contains(convolutions, c => c.Dilation.Width > 2);
        Assert.Contains(convolutions, c => c.Weight.Shape.C > 12);
        Assert.Contains(convolutions, c => c.Bias is null);
        Assert.Contains(convolutions, c => c.Bias is not null);
        Assert.Contains(convolutions, c => c.Weight.Elements.ContainsAny(float.PositiveInfinity, float.NaN));
        Assert.Contains(_cases, item => item.Spec is Conv2d c && (c.KernelSize.Height > item.Input.H || c.KernelSize.Width > item.Input.W));
        ConvTranspose2d[] transposed = Specs<ConvTranspose2d>();
        Assert.Contains(transposed, c => c.OutputPadding.Height > 0);
        Assert.Contains(transposed, c => c.Stride.Width > c.KernelSize.Width);
        Assert.Contains(transposed, c => c.Groups > 1);
        Assert.Contains(transposed, c => !c.Padding.IsSymmetric);
        Assert.Contains(transposed, c => c.Dilation.Height > 1);
    }

    [Fact]
    public void Pools_reach_their_corners()
    {
        Assert.Contains(Specs<MaxPool2d>(), p => p is { ReturnIndices: true, CeilMode: true, Padding.IsSymmetric: false });
        Assert.Contains(Specs<MaxPool2d>(), p => p.Padding.IsSymmetric && p.Padding != 0 && p.Dilation != 1);
        Assert.Contains(Specs<MaxPool2d>(), p => p.Stride is null);
        Assert.Contains(_cases, item => item.Spec is MaxPool2d p && p.KernelSize.Width > item.Input.W);
        Assert.Contains(Specs<AvgPool2d>(), p => p is { CountIncludePad: false, CeilMode: true } && p.Padding != 0);
        Assert.Contains(Specs<AvgPool2d>(), p => p.DivisorOverride < 0);
        Assert.DoesNotContain(Specs<AvgPool2d>(), p => p.DivisorOverride == 0);
        Assert.Contains(Specs<LpPool2d>(), p => p is { CeilMode: true, NormType: 2 });
        Assert.Contains(Specs<AdaptiveMaxPool2d>(), p => p.ReturnIndices && p.OutputSize.Height is null);
        Assert.Contains(_cases, item => item.Spec is AdaptiveAvgPool2d p && p.OutputSize.Width > item.Input.W);
        Assert.Contains(Specs<FractionalMaxPool2d>(), p => p is { ReturnIndices: true, OutputSize.Height: > 3 });
        Assert.Contains(Specs<FractionalMaxPool2d>(), p => p.OutputRatio is not null);
        Assert.Contains(Specs<FractionalMaxPool2d>(), p => p.Samples is not null);
        Assert.Contains(Specs<LpPool2d>(), p => p.NormType == -0.5f);
        Assert.Contains(Specs<LpPool2d>(), p => p.NormType > 16);
        Assert.Contains(Specs<MaxUnpool2d>(), p => p.Padding != 0);
        Assert.Contains(_cases, item => item.Spec is MaxUnpool2d { OutputSize: { } size } p &&
            size.Height < (item.Input.H - 1) * (p.Stride ?? p.KernelSize).Height - 2 * p.Padding.Height + p.KernelSize.Height);
        Assert.Contains(_cases, item => item.Spec is Conv2d { PaddingMode: PaddingMode.Circular } c && c.Padding.Top == item.Input.H);
        Assert.Contains(Specs<MaxUnpool2d>(), p => p.OutputSize is not null && p.Stride is not null);
        Assert.Contains(Specs<MaxUnpool2d>(), p => p.Indices.Elements.ToArray().Distinct().Count() < p.Indices.Elements.Length);
    }

    [Fact]
    public void A_case_does_not_depend_on_those_before_it_and_never_changes()
    {
        Assert.Equal(_cases[777].ToString(), new CaseGenerator(1, []).Create(777).ToString());
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (OperatorCase item in _cases.Take(170))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(item.ToString()));
            hash.AppendData(MemoryMarshal.AsBytes(item.MakeInput().AsSpan()));
            Tensor? weight = (item.Spec as Conv2d)?.Weight ?? (item.Spec as ConvTranspose2d)?.Weight;
            if (weight is not null)
                hash.AppendData(MemoryMarshal.AsBytes(weight.Elements));
        }
        Assert.Equal("df4e2f184a8ee5b242d6ff2d7e61c699b95d151aa0df7a1faa656a1707393629", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Neighbouring_cases_share_no_run_of_numbers()
    {
        // Streams that begin a step apart would give the same values a place later.
        float[] first = new OperatorCase(Pointwise.Abs, new(1, 1, 20, 20), ValueKind.Uniform, 1000).MakeInput();
        float[] second = new OperatorCase(Pointwise.Abs, new(1, 1, 20, 20), ValueKind.Uniform, 1001).MakeInput();
        Assert.InRange(first.Intersect(second).Count(), 0, 2);
        // A first value is as special as any other.
        float[] firsts = [.. _cases.Where(item => item.Values == ValueKind.Special).Select(item => item.MakeInput()[0])];
        Assert.All((float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-41f, -1e-41f, 1e30f, -1e30f],
            value => Assert.Contains(value, firsts));
        Assert.Contains(firsts, value => value == 0 && float.IsNegative(value));
        float[] single = [.. _cases.Where(item => item.Values == ValueKind.Special && item.Input.Count == 1).Select(item => item.MakeInput()[0])];
        Assert.Contains(single, float.IsNaN);
    }

    [Fact]
    public void Only_what_is_asked_for_is_drawn()
    {
        var generator = new CaseGenerator(3, ["lp_pool2d", "relu"]);
        Assert.Equal(["lp_pool2d", "relu", "lp_pool2d", "relu"], Enumerable.Range(0, 4).Select(i => generator.Create(i).Spec.Name));
        var error = Assert.Throws<LivePoolException>(() => new CaseGenerator(3, ["softmax"]));
        Assert.StartsWith("there is no operator softmax to verify; known are conv2d,", error.Message, StringComparison.Ordinal);
    }
}
