using System.Collections.Immutable;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Benchmarks.Cases;

/// <summary>What OpenCV has that does the same, or the costly part of it.</summary>
internal enum OpenCvFunction
{
    None,

    /// <summary>filter2D, once per output channel; what follows the convolution is left out.</summary>
    Filter2D,

    /// <summary>sepFilter2D with the kernel's first row and first column; what they share is 1.</summary>
    SepFilter2D,

    /// <summary>dilate by a rectangle, which has stride 1.</summary>
    Dilate,

    /// <summary>resize with INTER_AREA.</summary>
    ResizeArea,

    /// <summary>blur, which has stride 1.</summary>
    Blur,
}

/// <summary>The elements of the frames.</summary>
internal enum InputKind
{
    Float,
    Byte,
}

/// <summary>One piece of work: what everybody computes, on what, and what is expected of us.</summary>
/// <param name="Name">Short, for tables and JSON.</param>
/// <param name="Pipeline">The work.</param>
/// <param name="Input">The frame's shape.</param>
/// <param name="Inputs">The frames' elements that ours is timed with.</param>
internal sealed record BenchmarkCase(string Name, Pipeline Pipeline, TensorShape Input, params ImmutableArray<InputKind> Inputs)
{
    public OpenCvFunction OpenCv { get; init; }

    /// <summary>Whether ONNX Runtime takes part.</summary>
    public bool HasOnnx { get; init; } = true;

    /// <summary>How many times as fast as ONNX Runtime ours should be on one thread: by default not slower.</summary>
    public double OnnxTarget { get; init; } = 1;

    /// <summary>The same for OpenCV.</summary>
    public double OpenCvTarget { get; init; } = 1;

    /// <summary>The share of FMA peak that is aimed at; null for none.</summary>
    public double? FmaTarget { get; init; }

    /// <summary>The share of copy bandwidth that is aimed at; null for none.</summary>
    public double? CopyTarget { get; init; }

    /// <summary>How far apart results may be.</summary>
    public Tolerance Tolerance { get; init; }

    public ImmutableArray<TensorShape> Shapes { get; } = Pipeline.Shapes(Input);

    public TensorShape Output => Shapes[^1];

    /// <summary>Multiplications and additions of the convolutions; 0 where there are none.</summary>
    public double ConvolutionOperations
    {
        get
        {
            double operations = 0;
            for (int i = 0; i < Shapes.Length; i++)
                operations += OperatorWork.ConvolutionOperations(Pipeline.Stages[i], i == 0 ? Input : Shapes[i - 1]);
            return operations;
        }
    }

    public long InputBytes(InputKind kind) => kind == InputKind.Byte ? Input.Count : OperatorWork.Bytes(Input);

    public long OutputBytes => OperatorWork.Bytes(Output);

    /// <summary>Whole numbers from 0 to 255, the same on every machine.</summary>
    public byte[] MakeInput()
    {
        byte[] bytes = new byte[Input.Count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    public override string ToString() => Name;
}

/// <summary>
/// How far apart two results may be. Nothing by default: sums of whole numbers that stay below 2^24 are exact in every order.
/// </summary>
/// <param name="OfElement">As a share of the element.</param>
/// <param name="OfLargest">As a share of the largest element.</param>
internal readonly record struct Tolerance(double OfElement = 0, double OfLargest = 0);
