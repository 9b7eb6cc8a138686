using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>
/// PyTorch's <c>max_pool2d</c>. A window starts at -infinity and takes a tap when <c>value > best or isnan(value)</c>:
/// the first maximum wins a tie, NaN wins, the last NaN stays. Padding never competes. Indices are <c>ih*W + iw</c>
/// within the plane; a window of -infinity only keeps the index of its first tap inside the input.
/// See https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html.
/// </summary>
public sealed record MaxPool2d(Size2d KernelSize) : OperatorSpec
{
    /// <inheritdoc/>
    public override string Name => "max_pool2d";

    /// <summary>Step between windows; null is the kernel size.</summary>
    public Size2d? Stride { get; init; }

    /// <summary>Elements added around the input, which never win.</summary>
    public Padding Padding { get; init; }

    /// <summary>Step between the taps of one window.</summary>
    public Size2d Dilation { get; init; } = 1;

    /// <summary>Whether a last, partial window counts.</summary>
    public bool CeilMode { get; init; }

    /// <summary>Whether the winners' indices are produced too.</summary>
    public bool ReturnIndices { get; init; }

    /// <inheritdoc/>
    public override bool ReturnsIndices => ReturnIndices;

    private Window2d Window => Window2d.Create(KernelSize, Stride ?? KernelSize, Dilation, Padding, CeilMode);

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        input.Validated();
        Size2d size = Window.OutputSize(Name, input);
        Window.RequirePoolPadding(Name);
        if (ReturnIndices)
            RequireCountableIndices(input);
        return new TensorShape(input.N, input.C, size.Height, size.Width).Validated();
    }

    /// <summary>
    /// Backends count indices in 31 bits. Those of the input fit; that of a window without a tap inside may lie beyond it
    /// by the padding or a dilation.
    /// </summary>
    private void RequireCountableIndices(TensorShape input)
    {
        long rows = Math.Max(input.H + (long)Padding.Bottom, Padding.Top > 0 ? Dilation.Height : 0);
        long columns = Math.Max(input.W + (long)Padding.Right, Padding.Left > 0 ? Dilation.Width : 0);
        if (rows * input.W + columns > int.MaxValue)
        {
            throw new LivePoolException($"{Name}: indices of a window beyond the input would reach {rows * input.W + columns}; " +
                $"at most {int.MaxValue} can be counted; use less padding or dilation, or no indices");
        }
    }

    /// <summary>The numbers that a backend consumes.</summary>
    public Pool2dParameters Bind(TensorShape input) => Pool2dParameters.Create(Window, input, OutputShape(input));
}
