namespace LivePool.Core.Operators;

/// <summary>One axis of a sliding window. Lengths are in elements.</summary>
public readonly record struct WindowAxis(int Kernel, int Stride = 1, int Dilation = 1, int Before = 0, int After = 0)
{
    /// <summary>Input elements that one window spans, holes included.</summary>
    public long Extent => (long)Dilation * (Kernel - 1) + 1;

    /// <summary>
    /// Number of window positions over <paramref name="input"/> elements: PyTorch's
    /// <c>floor((L + p0 + p1 - d*(k-1) - 1 + (ceil ? s-1 : 0)) / s) + 1</c>, where in ceil mode a last window may not
    /// start beyond the input and its left padding. Below 1 where the window does not fit.
    /// </summary>
    public long OutputLength(int input, bool ceilMode)
    {
        long span = input + (long)Before + After - Extent + (ceilMode ? Stride - 1 : 0);
        long output = FloorDivide(span, Stride) + 1;
        return ceilMode && (output - 1) * Stride >= input + (long)Before ? output - 1 : output;
    }

    private static long FloorDivide(long dividend, long divisor) =>
        dividend >= 0 ? dividend / divisor : -((-dividend + divisor - 1) / divisor);
}
