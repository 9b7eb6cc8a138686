using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>
/// PyTorch's <c>avg_pool2d</c>. The divisor is <see cref="DivisorOverride"/> if given; else the window's area within
/// the padded input if <see cref="CountIncludePad"/>; else its area within the input. So explicit padding counts and a
/// ceil overhang never does. See https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html.
/// </summary>
public sealed record AvgPool2d(Size2d KernelSize) : OperatorSpec
{
    /// <inheritdoc/>
    public override string Name => "avg_pool2d";

    /// <summary>Step between windows; null is the kernel size.</summary>
    public Size2d? Stride { get; init; }

    /// <summary>Zeros added around the input.</summary>
    public Padding Padding { get; init; }

    /// <summary>Whether a last, partial window counts.</summary>
    public bool CeilMode { get; init; }

    /// <summary>Whether padded zeros count in the divisor.</summary>
    public bool CountIncludePad { get; init; } = true;

    /// <summary>The divisor to use instead of the area; not 0.</summary>
    public int? DivisorOverride { get; init; }

    private Window2d Window => Window2d.Create(KernelSize, Stride ?? KernelSize, 1, Padding, CeilMode);

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        input.Validated();
        if (DivisorOverride == 0)
            throw new LivePoolException("avg_pool2d: divisor_override is 0; use another number, or none for the area");
        Size2d size = Window.OutputSize(Name, input);
        Window.RequirePoolPadding(Name);
        return new TensorShape(input.N, input.C, size.Height, size.Width).Validated();
    }

    /// <summary>The numbers that a backend consumes.</summary>
    public Pool2dParameters Bind(TensorShape input)
    {
        Pool2dParameters parameters = Pool2dParameters.Create(Window, input, OutputShape(input));
        parameters.CountIncludePad = CountIncludePad ? 1 : 0;
        parameters.DivisorOverride = DivisorOverride ?? 0;
        return parameters;
    }
}
