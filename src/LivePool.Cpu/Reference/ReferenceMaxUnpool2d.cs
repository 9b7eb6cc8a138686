using LivePool.Core.Operators;

namespace LivePool.Cpu.Reference;

internal static class ReferenceMaxUnpool2d
{
    public static void Evaluate(MaxUnpool2d spec, in MaxUnpool2dParameters p, ReadOnlySpan<double> x, Span<double> y)
    {
        y.Clear();
        for (int i = 0; i < x.Length; i++)
        {
            int plane = i / p.InputPlaneSize;
            y[plane * p.OutputPlaneSize + (int)spec.Indices.Elements[i]] = x[i];
        }
    }
}
