using LivePool.Core.Tensors;

namespace LivePool.App.Lab;

/// <summary>The input at the place of an output element of a free stage, with its neighbours, because only the shader knows what it reads.</summary>
/// <param name="Row">The row in the input at the same place.</param>
/// <param name="Column">The column likewise.</param>
/// <param name="Values">Up to 3x3 elements of the element's plane, row by row.</param>
internal sealed record InputAround(int Row, int Column, float[][] Values)
{
    /// <summary>Looks at what is around an element.</summary>
    /// <param name="input">The input's shape.</param>
    /// <param name="x">Its elements.</param>
    /// <param name="output">The output's shape.</param>
    /// <param name="at">The output element.</param>
    public static InputAround Of(TensorShape input, ReadOnlySpan<float> x, TensorShape output, LabPixel at)
    {
        int row = (int)((2L * at.Y + 1) * input.H / (2 * output.H));
        int column = (int)((2L * at.X + 1) * input.W / (2 * output.W));
        int left = Math.Max(0, column - 1), right = Math.Min(input.W - 1, column + 1);
        var values = new List<float[]>();
        for (int y = Math.Max(0, row - 1); y <= Math.Min(input.H - 1, row + 1); y++)
            values.Add(x.Slice((at.Channel * input.H + y) * input.W + left, right - left + 1).ToArray());
        return new(row, column, [.. values]);
    }
}
