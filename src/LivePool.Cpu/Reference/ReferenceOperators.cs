using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Cpu.Reference;

/// <summary>The operators as plain loops in double: slow, obvious, and the measure of the other backends.</summary>
public sealed class ReferenceOperators : IExactOperators
{
    /// <inheritdoc/>
    public void Evaluate(OperatorSpec spec, TensorShape input, ReadOnlySpan<double> x, Span<double> y, Span<long> indices)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, input.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, spec.OutputShape(input).Count);
        switch (spec)
        {
            case Conv2d conv:
                ReferenceConv2d.Evaluate(conv, conv.Bind(input), x, y);
                break;
            case MaxPool2d pool:
                ReferenceMaxPool2d.Evaluate(pool.Bind(input), x, y, indices);
                break;
            case AvgPool2d pool:
                ReferenceAvgPool2d.Evaluate(pool.Bind(input), x, y);
                break;
            case ConvTranspose2d conv:
                ReferenceConvTranspose2d.Evaluate(conv, conv.Bind(input), x, y);
                break;
            case LpPool2d pool:
                ReferenceLpPool2d.Evaluate(pool.Bind(input), x, y);
                break;
            case IntervalPool2d pool:
                ReferenceIntervalPool2d.Evaluate(pool, pool.Bind(input), pool.Intervals(input), x, y, indices);
                break;
            case MaxUnpool2d unpool:
                ReferenceMaxUnpool2d.Evaluate(unpool, unpool.Bind(input), x, y);
                break;
            case Pointwise pointwise:
                ReferencePointwise.Evaluate(pointwise.Bind(input), x, y);
                break;
            default:
                throw new NotSupportedException($"the reference has no {spec.Name}");
        }
    }
}
