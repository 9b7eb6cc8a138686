using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>An operator with all of its input, as it is run, shrunk and saved.</summary>
/// <param name="Origin">Where it comes from: a row of the table, a number of a seed, or a file.</param>
/// <param name="Spec">The operator.</param>
/// <param name="Input">The input's shape.</param>
/// <param name="X">The input, row-major.</param>
public sealed record ConcreteCase(string Origin, OperatorSpec Spec, TensorShape Input, float[] X)
{
    /// <summary>Makes the input of a case of the table or the generator.</summary>
    public static ConcreteCase Of(OperatorCase item, string origin) => new(origin, item.Spec, item.Input, item.MakeInput());

    /// <summary>Whether the operator takes that input.</summary>
    public bool IsValid
    {
        get
        {
            try
            {
                Spec.OutputShape(Input);
                return X.Length == Input.Count;
            }
            catch (LivePoolException)
            {
                return false;
            }
        }
    }
}
