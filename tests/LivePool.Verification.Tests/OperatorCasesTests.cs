using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LivePool.Core.Operators;
using PaddingMode = LivePool.Core.Operators.PaddingMode;

namespace LivePool.Verification.Tests;

/// <summary>The case table covers what there is and does not change under anybody's feet.</summary>
public sealed class OperatorCasesTests
{
    [Fact]
    public void Every_operator_is_in_the_table()
    {
        IEnumerable<Type> specs = typeof(OperatorSpec).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(OperatorSpec)) && !type.IsAbstract && type != typeof(FreeStage));
        Assert.All(specs, type => Assert.Contains(OperatorCases.All, item => item.Spec.GetType() == type));
        Assert.All(Enum.GetValues<PointwiseFunction>(),
            function => Assert.Contains(OperatorCases.All, item => item.Spec is Pointwise p && p.Function == function));
    }

    [Fact]
    public void Every_parameter_takes_at_least_two_values()
    {
        foreach (IGrouping<Type, OperatorSpec> specs in OperatorCases.All.Select(item => item.Spec).GroupBy(spec => spec.GetType()))
        {
            foreach (PropertyInfo property in specs.Key.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                // What cannot be set is no parameter; Pointwise's function and numbers are set by its factories.
                if (property.SetMethod is null && specs.Key != typeof(Pointwise))
                    continue;
                // Whose shader computes it changes nothing of what is right.
                if (property.Name is nameof(OperatorSpec.Name) or nameof(OperatorSpec.Title) or nameof(OperatorSpec.ReturnsIndices) or nameof(OperatorSpec.Shader))
                    continue;
                int values = specs.Select(property.GetValue).Distinct().Count();
                Assert.True(values >= 2, $"{specs.Key.Name}.{property.Name} has {values} value in the table");
            }
        }
    }

    [Fact]
    public void Enumerations_take_all_their_values_and_pads_are_even_uneven_and_same()
    {
        Conv2d[] convolutions = [.. OperatorCases.All.Select(item => item.Spec).OfType<Conv2d>()];
        Assert.All(Enum.GetValues<PaddingMode>(), mode => Assert.Contains(convolutions, conv => conv.PaddingMode == mode));
        Assert.Contains(convolutions, conv => conv.Padding.IsSame);
        Assert.Contains(convolutions, conv => !conv.Padding.IsSymmetric);
        Assert.Contains(convolutions, conv => conv.Bias is null);
        Assert.Contains(convolutions, conv => conv.Bias is not null);
        Assert.Contains(OperatorCases.All, item => item.Spec is MaxPool2d { Padding.IsSymmetric: false });
        Assert.Contains(OperatorCases.All, item => item.Spec is AvgPool2d { Padding.IsSymmetric: false });
    }

    [Fact]
    public void Every_kind_of_values_meets_the_operators_that_it_can_hurt()
    {
        Assert.All(Enum.GetValues<ValueKind>(), kind => Assert.Contains(OperatorCases.All, item => item.Values == kind));
        foreach (Type type in (Type[])[typeof(Conv2d), typeof(MaxPool2d), typeof(AvgPool2d), typeof(Pointwise)])
            Assert.Contains(OperatorCases.All, item => item.Spec.GetType() == type && item.Values == ValueKind.Special);
        foreach (ValueKind kind in (ValueKind[])[ValueKind.Ties, ValueKind.NeverFinite, ValueKind.Special])
        {
            Assert.Contains(OperatorCases.All, item => item.Spec is MaxPool2d { ReturnIndices: true } && item.Values == kind);
            Assert.Contains(OperatorCases.All, item => item.Spec is MaxPool2d { ReturnIndices: false } && item.Values == kind);
        }
    }

    [Fact]
    public void Every_case_fits_and_its_seed_is_its_own()
    {
        Assert.All(OperatorCases.All, item => item.Spec.OutputShape(item.Input));
        Assert.Equal(OperatorCases.All.Count, OperatorCases.All.Select(item => item.Seed).Distinct().Count());
        Assert.Equal(OperatorCases.All.Count, OperatorCases.All.Select(item => item.ToString()).Distinct().Count());
    }

    [Fact]
    public void Values_are_what_their_kind_says()
    {
        float[] Make(ValueKind kind) => new OperatorCase(Pointwise.Abs, new(1, 1, 100, 100), kind, 7).MakeInput();

        Assert.All(Make(ValueKind.Uniform), value => Assert.InRange(value, -1, MathF.BitDecrement(1)));
        Assert.Equal(256, Make(ValueKind.Pixels).Distinct().Count());
        Assert.All(Make(ValueKind.Pixels), value => Assert.True(value is >= 0 and <= 255 && value == MathF.Floor(value)));
        Assert.Equal([-1f, 0f, 1f], Make(ValueKind.Ties).Distinct().Order());
        Assert.All(Make(ValueKind.NeverFinite), value => Assert.True(float.IsNaN(value) || float.IsNegativeInfinity(value)));
        float[] special = Make(ValueKind.Special);
        Assert.All((float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-41f, 1e30f, -1e30f],
            value => Assert.Contains(value, special));
        Assert.Contains(special, value => value == 0 && float.IsNegative(value));
    }

    [Fact]
    public void Inputs_are_the_same_on_every_machine()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // The first of each kind of values; NaN's bits are the same too.
        foreach (ValueKind kind in Enum.GetValues<ValueKind>())
        {
            foreach (OperatorCase item in OperatorCases.All.Where(item => item.Values == kind).Take(5))
                hash.AppendData(MemoryMarshal.AsBytes(item.MakeInput().AsSpan()));
        }
        foreach (OperatorCase item in OperatorCases.All.Where(item => item.Spec is Conv2d).Take(5))
            hash.AppendData(MemoryMarshal.AsBytes(((Conv2d)item.Spec).Weight.Elements));
        Assert.Equal("931a99df825a2a591d748b0f9937c063dbe5a991ce2fb9867e0fce27f03205a7", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
