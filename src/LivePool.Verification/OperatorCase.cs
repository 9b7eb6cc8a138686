using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>What the input of a case is filled with.</summary>
public enum ValueKind
{
    /// <summary>Uniform in [-1, 1).</summary>
    Uniform,

    /// <summary>Whole numbers 0..255, as from a camera; sums stay below 2^24 and must be exact.</summary>
    Pixels,

    /// <summary>Few different whole numbers, so that maxima tie.</summary>
    Ties,

    /// <summary>Uniform with NaN, infinities, signed zeros, subnormals and values of 1e30 strewn in.</summary>
    Special,

    /// <summary>Uniform in [-0.001, 0.001): where functions such as tanh lose their relative accuracy first.</summary>
    Tiny,

    /// <summary>Uniform in all of float32's range, so that differences overflow.</summary>
    Huge,

    /// <summary>Nothing but -infinity and NaN.</summary>
    NeverFinite,
}

/// <summary>An operator, an input shape and a kind of values: one row of the case table.</summary>
/// <param name="Spec">The operator.</param>
/// <param name="Input">The shape of its input.</param>
/// <param name="Values">What the input is filled with.</param>
/// <param name="Seed">The seed of the values.</param>
public sealed record OperatorCase(OperatorSpec Spec, TensorShape Input, ValueKind Values, int Seed)
{
    /// <summary>Makes the input; the same seed gives the same values on every machine.</summary>
    public float[] MakeInput()
    {
        var random = new CaseRandom(Seed, CaseRandom.Values);
        float[] x = new float[Input.Count];
        for (int i = 0; i < x.Length; i++)
            x[i] = Values switch
            {
                ValueKind.Pixels => random.Next(256),
                ValueKind.Ties => random.Next(3) - 1,
                ValueKind.Special => Special(random),
                ValueKind.Tiny => random.NextUniform() * 0.001f,
                ValueKind.Huge => random.NextUniform() * float.MaxValue,
                ValueKind.NeverFinite => random.Next(8) == 0 ? float.NaN : float.NegativeInfinity,
                _ => random.NextUniform(),
            };
        return x;
    }

    private static float Special(CaseRandom random) => random.Next(24) switch
    {
        0 => float.NaN,
        1 => float.PositiveInfinity,
        2 => float.NegativeInfinity,
        3 => -0f,
        4 => 0f,
        5 => random.Coin() ? 1e-41f : -1e-41f,
        6 => 1e30f,
        7 => -1e30f,
        _ => random.NextUniform(),
    };

    /// <summary>The operator with all parameters, shape and values.</summary>
    public override string ToString()
    {
        string parameters = Spec switch
        {
            Conv2d c => $"weight {c.Weight.Shape}{(c.Bias is null ? "" : " bias")} stride {c.Stride} padding {c.Padding} " +
                $"dilation {c.Dilation} groups {c.Groups} {c.PaddingMode}",
            ConvTranspose2d c => $"weight {c.Weight.Shape}{(c.Bias is null ? "" : " bias")} stride {c.Stride} padding {c.Padding} " +
                $"output padding {c.OutputPadding} dilation {c.Dilation} groups {c.Groups}",
            MaxPool2d p => $"kernel {p.KernelSize} stride {p.Stride} padding {p.Padding} dilation {p.Dilation} ceil {p.CeilMode} " +
                $"indices {p.ReturnIndices}",
            AvgPool2d p => $"kernel {p.KernelSize} stride {p.Stride} padding {p.Padding} ceil {p.CeilMode} " +
                $"include pad {p.CountIncludePad} divisor {p.DivisorOverride}",
            LpPool2d p => $"norm {p.NormType} kernel {p.KernelSize} stride {p.Stride} ceil {p.CeilMode}",
            AdaptivePool2d p => $"size {p.OutputSize.Height}x{p.OutputSize.Width} indices {p.ReturnsIndices}",
            FractionalMaxPool2d p => $"kernel {p.KernelSize} size {p.OutputSize} ratio {p.OutputRatio} " +
                $"samples {p.Samples?.Shape} seed {p.Seed} indices {p.ReturnIndices}",
            MaxUnpool2d p => $"kernel {p.KernelSize} stride {p.Stride} padding {p.Padding} size {p.OutputSize}",
            Pointwise p => $"{p.A} {p.B}",
            _ => "",
        };
        return FormattableString.Invariant($"{Spec.Name} {parameters} on {Input} {Values} seed {Seed}");
    }
}

/// <summary>
/// SplitMix64: small, and the same on every machine and runtime. Seeds are mixed, because streams that begin one step apart
/// would be the same numbers one step later.
/// </summary>
/// <param name="seed">The case's seed.</param>
/// <param name="stream">What is drawn, so that a case's values do not follow from its parameters.</param>
internal sealed class CaseRandom(int seed, uint stream)
{
    /// <summary>The elements of the input.</summary>
    public const uint Values = 1;

    /// <summary>The operator, its parameters and its weights.</summary>
    public const uint Parameters = 2;

    private ulong _state = Mix(((ulong)stream << 32 | (uint)seed) + 0x9E3779B97F4A7C15);

    public int Next(int end) => (int)((NextBits() >> 32) * (ulong)end >> 32);

    public float NextUniform() => (int)(NextBits() >> 40) * (1f / (1 << 23)) - 1;

    public bool Coin() => Next(2) == 0;

    /// <summary>True once in <paramref name="count"/> times.</summary>
    public bool OneIn(int count) => Next(count) == 0;

    private ulong NextBits()
    {
        return Mix(_state += 0x9E3779B97F4A7C15);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
