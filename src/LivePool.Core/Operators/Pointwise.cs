using System.Runtime.InteropServices;
using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>The functions that a <see cref="Pointwise"/> operator applies to each element.</summary>
public enum PointwiseFunction
{
    /// <summary><c>x > 0 ? x : 0</c>; NaN stays.</summary>
    Relu,

    /// <summary><c>x > 0 ? x : negative_slope * x</c>.</summary>
    LeakyRelu,

    /// <summary><c>|x|</c>.</summary>
    Abs,

    /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary><c>min(max(x, min), max)</c>: the nearest value in <c>[min, max]</c>, or max where min exceeds it; NaN stays.</summary>
    Clamp,

    /// <summary><c>scale * x + offset</c>.</summary>
    ScaleOffset,

    /// <summary>
    /// <c>(x - min) / (max - min)</c> with each plane's own finite minimum and maximum, for display. A plane whose
    /// finite values are all equal, or that has none, becomes <c>x - min</c> with min 0 where there is none. NaN and
    /// infinities stay.
    /// </summary>
    Normalize,
}

/// <summary>An operator that works element by element and keeps the shape. Made by its factory methods.</summary>
public sealed record Pointwise : OperatorSpec
{
    private Pointwise(string name, PointwiseFunction function, float a = 0, float b = 0)
    {
        Name = name;
        Function = function;
        A = a;
        B = b;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>What is applied.</summary>
    public PointwiseFunction Function { get; }

    /// <summary>First parameter: negative_slope, min or scale.</summary>
    public float A { get; }

    /// <summary>Second parameter: max or offset.</summary>
    public float B { get; }

    /// <summary>PyTorch's <c>relu</c>.</summary>
    public static Pointwise Relu { get; } = new("relu", PointwiseFunction.Relu);

    /// <summary>PyTorch's <c>abs</c>.</summary>
    public static Pointwise Abs { get; } = new("abs", PointwiseFunction.Abs);

    /// <summary>PyTorch's <c>sigmoid</c>.</summary>
    public static Pointwise Sigmoid { get; } = new("sigmoid", PointwiseFunction.Sigmoid);

    /// <summary>PyTorch's <c>tanh</c>.</summary>
    public static Pointwise Tanh { get; } = new("tanh", PointwiseFunction.Tanh);

    /// <summary>Min-max normalisation of each plane to 0..1.</summary>
    public static Pointwise Normalize { get; } = new("normalize", PointwiseFunction.Normalize);

    /// <summary>PyTorch's <c>leaky_relu</c>.</summary>
    public static Pointwise LeakyRelu(float negativeSlope = 0.01f) =>
        new("leaky_relu", PointwiseFunction.LeakyRelu, negativeSlope);

    /// <summary>PyTorch's <c>clamp</c>; a bound that is not needed is an infinity.</summary>
    public static Pointwise Clamp(float min = float.NegativeInfinity, float max = float.PositiveInfinity) =>
        new("clamp", PointwiseFunction.Clamp, min, max);

    /// <summary><c>scale * x + offset</c>.</summary>
    public static Pointwise ScaleOffset(float scale = 1, float offset = 0) =>
        new("scale_offset", PointwiseFunction.ScaleOffset, scale, offset);

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        if (float.IsNaN(A) || float.IsNaN(B))
            throw new LivePoolException($"{Name}: a parameter is NaN; it must be a number");
        return input.Validated();
    }

    /// <summary>The numbers that a backend consumes.</summary>
    public PointwiseParameters Bind(TensorShape input)
    {
        OutputShape(input);
        return new() { Planes = input.Planes, PlaneSize = input.PlaneSize, Function = (int)Function, A = A, B = B };
    }
}

/// <summary>What <see cref="Pointwise"/> tells a backend. Every field is also a member of the shader's uniform block.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PointwiseParameters
{
#pragma warning disable CS1591 // the names say it
    public int Planes;
    public int PlaneSize;
    public int Function;
    public float A;
    public float B;
#pragma warning restore CS1591
}
