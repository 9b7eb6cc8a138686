using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;

namespace LivePool.Verification;

/// <summary>What a backend's float32 arithmetic promises, from which its bounds follow.</summary>
/// <param name="Unit">Its rounding unit: <see cref="ErrorBound.RoundToNearest"/> or <see cref="ErrorBound.AnyRounding"/>.</param>
/// <param name="FlushesSubnormals">Whether it may take a number below 2^-126 for 0, as GLSL allows.</param>
public readonly record struct Arithmetic(double Unit, bool FlushesSubnormals = false)
{
    /// <summary>Arithmetic of that rounding unit that keeps subnormals.</summary>
    public static implicit operator Arithmetic(double unit) => new(unit);

    /// <summary>Arithmetic of that rounding unit that keeps subnormals.</summary>
    public static Arithmetic FromDouble(double unit) => unit;

    /// <summary>Finds a backend's arithmetic: what it says of its rounding, and whether a subnormal survives in it.</summary>
    public static Arithmetic Of(IBackend backend)
    {
        double unit = backend.RoundsToNearest ? ErrorBound.RoundToNearest : ErrorBound.AnyRounding;
        const float Subnormal = 1e-41f;
        foreach (OperatorSpec spec in (OperatorSpec[])[Pointwise.ScaleOffset(), new MaxPool2d(new(1, 2)), new AvgPool2d(1)])
        {
            using ICompiledPipeline compiled = backend.Compile(Pipeline.Of(spec, 1), new(1, 1, 1, 2));
            compiled.Run((float[])[0, Subnormal]);
            // Anything but 0 is no flushing: a wrong result must not loosen the bounds.
            if (compiled.Output(0)[^1] == 0)
                return new(unit, FlushesSubnormals: true);
        }
        return new(unit);
    }
}
