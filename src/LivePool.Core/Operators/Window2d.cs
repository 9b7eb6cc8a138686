using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>A sliding window over a plane: the one place where window parameters are checked and sizes computed.</summary>
public readonly record struct Window2d(WindowAxis Vertical, WindowAxis Horizontal, bool CeilMode = false)
{
    /// <summary>Puts the two axes together from PyTorch's parameters; <paramref name="padding"/> must be resolved.</summary>
    public static Window2d Create(Size2d kernel, Size2d stride, Size2d dilation, Padding padding, bool ceilMode = false) =>
        new(new(kernel.Height, stride.Height, dilation.Height, padding.Top, padding.Bottom),
            new(kernel.Width, stride.Width, dilation.Width, padding.Left, padding.Right),
            ceilMode);

    /// <summary>Output rows and columns over <paramref name="input"/>.</summary>
    /// <exception cref="LivePoolException">A parameter is out of range, or the window does not fit.</exception>
    public Size2d OutputSize(string operatorName, TensorShape input)
    {
        RequireAtLeast(operatorName, "kernel_size", Vertical.Kernel, Horizontal.Kernel, 1);
        RequireAtLeast(operatorName, "stride", Vertical.Stride, Horizontal.Stride, 1);
        RequireAtLeast(operatorName, "dilation", Vertical.Dilation, Horizontal.Dilation, 1);
        RequireAtLeast(operatorName, "padding", Vertical.Before, Horizontal.Before, 0);
        RequireAtLeast(operatorName, "padding", Vertical.After, Horizontal.After, 0);

        RequireCountable(operatorName, Vertical, input.H, "rows");
        RequireCountable(operatorName, Horizontal, input.W, "columns");

        long height = Vertical.OutputLength(input.H, CeilMode);
        long width = Horizontal.OutputLength(input.W, CeilMode);
        if (height < 1 || width < 1)
            throw new LivePoolException(DoesNotFit(operatorName, input));
        return new((int)height, (int)width);
    }

    private string DoesNotFit(string operatorName, TensorShape input)
    {
        bool rows = Vertical.OutputLength(input.H, CeilMode) < 1;
        WindowAxis axis = rows ? Vertical : Horizontal;
        long needed = Math.Max(1, axis.Extent - axis.Before - axis.After - (CeilMode ? axis.Stride - 1 : 0));
        string dilation = Vertical.Dilation == Horizontal.Dilation ? $"{Vertical.Dilation}" : $"{Vertical.Dilation}x{Horizontal.Dilation}";
        var padding = new Padding(Vertical.Before, Horizontal.Before, Vertical.After, Horizontal.After);
        return $"{operatorName}: kernel {Vertical.Kernel}x{Horizontal.Kernel} (dilation {dilation}, extent {axis.Extent}) " +
            $"does not fit {input.H}x{input.W} with padding {padding}; needs at least {needed} {(rows ? "rows" : "columns")}";
    }

    /// <summary>Every position that a window may reach must be an int, because backends count in ints.</summary>
    private static void RequireCountable(string operatorName, WindowAxis axis, int length, string name)
    {
        long reach = length + (long)axis.Before + axis.After + axis.Extent;
        if (reach > int.MaxValue)
        {
            throw new LivePoolException($"{operatorName}: {length} {name} with padding {axis.Before}+{axis.After} and a " +
                $"window of {axis.Extent} reach {reach} positions; use a smaller kernel, dilation or padding");
        }
    }

    private static void RequireAtLeast(string operatorName, string parameter, int vertical, int horizontal, int least)
    {
        if (vertical < least || horizontal < least)
        {
            string got = vertical == horizontal ? $"{vertical}" : $"{vertical},{horizontal}";
            throw new LivePoolException($"{operatorName}: {parameter} is {got}; must be at least {least}");
        }
    }

    /// <summary>
    /// A pool's padding limit: at most half the window's extent (PyTorch) where both sides are equal, less than the
    /// extent (ONNX) where they are not.
    /// </summary>
    /// <exception cref="LivePoolException">The padding is beyond the limit.</exception>
    public void RequirePoolPadding(string operatorName)
    {
        bool symmetric = Vertical.Before == Vertical.After && Horizontal.Before == Horizontal.After;
        Check(Vertical, "rows");
        Check(Horizontal, "columns");

        void Check(WindowAxis axis, string name)
        {
            int padding = Math.Max(axis.Before, axis.After);
            if (symmetric && padding > axis.Extent / 2)
            {
                throw new LivePoolException($"{operatorName}: padding {padding} for {name} is more than half of the " +
                    $"window's extent {axis.Extent}; use at most {axis.Extent / 2}");
            }
            if (!symmetric && padding >= axis.Extent)
            {
                throw new LivePoolException($"{operatorName}: padding {padding} for {name} must be less than the " +
                    $"window's extent {axis.Extent}; use at most {axis.Extent - 1}");
            }
        }
    }
}
