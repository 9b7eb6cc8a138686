using LivePool.Core.Tensors;

namespace LivePool.Core.Operators;

/// <summary>How much an operator has to do, whoever does it: what times are set against.</summary>
public static class OperatorWork
{
    /// <summary>
    /// Multiplications and additions of a convolution, two for each tap of each output element, or of each input element
    /// where it is transposed; padding counts. 0 for other operators.
    /// </summary>
    public static double ConvolutionOperations(OperatorSpec spec, TensorShape input) => spec switch
    {
        Conv2d conv => 2.0 * conv.OutputShape(input).Count * conv.Weight.Shape.C * conv.Weight.Shape.PlaneSize,
        ConvTranspose2d conv => 2.0 * input.Count * conv.Weight.Shape.C * conv.Weight.Shape.PlaneSize,
        _ => 0,
    };

    /// <summary>Bytes of the elements of a shape as float32.</summary>
    public static long Bytes(TensorShape shape) => (long)shape.Count * sizeof(float);
}
