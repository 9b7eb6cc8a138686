using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;
using LivePool.Testing.Torch;
using LivePool.Verification;

namespace LivePool.Cpu.Tests.Torch;

/// <summary>The backends against what PyTorch computed: the one check that a rule all backends share cannot pass by itself.</summary>
public sealed class TorchFixtureTests
{
    public static TheoryData<string> CaseNames => [.. Fixtures.Cases.Select(item => item.Name)];

    public static TheoryData<int, int> WidthsAndThreads => VectorWidths.With(1, 2);

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void The_reference_in_double_is_PyTorchs_exact_result(string name)
    {
        TorchCase expected = Fixtures.Case(name);
        OperatorSpec spec = expected.CreateSpec();
        double[] y = new double[expected.Output.Shape.Count];
        long[] indices = new long[expected.Indices?.Length ?? 0];

        new ReferenceOperators().Evaluate(spec, expected.Input.Shape, expected.Input.Doubles, y, indices);

        for (int i = 0; i < y.Length; i++)
        {
            double exact = expected.Output.Doubles[i];
            // leaky_relu and clamp are float32 results of one rounding.
            bool equal = double.IsNaN(exact) ? double.IsNaN(y[i])
                : y[i] == exact
                || (expected.Output.IsExact && (float)y[i] == (float)exact)
                || Math.Abs(y[i] - exact) <= RoundingOfTheFixture(spec) * Math.Abs(exact);
            Assert.True(equal, $"element {i}: {y[i]:R}, but PyTorch has {exact:R}");
        }
        Assert.Equal(expected.Indices ?? [], indices);
    }

    /// <summary>How far, relatively, PyTorch's own result in double may be from the exact one; the fixtures' sums are exact.</summary>
    private static double RoundingOfTheFixture(OperatorSpec spec) => spec switch
    {
        // exp and tanh of another libm.
        Pointwise { Function: PointwiseFunction.Sigmoid or PointwiseFunction.Tanh } => 1e-15,
        // It divides by the height and again by the width: two roundings there, one here, 2^-53 each.
        AdaptiveAvgPool2d => 1.0 / (1L << 51),
        // pow of another libm, or x*x*x and 1/x in its place: each a few units of 2^-53, which sums without cancellation
        // keep and the root multiplies by 1/p, at most 2. 1e-14 is 90 units.
        LpPool2d => 1e-14,
        _ => 0,
    };

    [Fact]
    public void The_reference_backend_is_within_its_bound()
    {
        using var backend = new ReferenceBackend();
        CheckAll(backend);
    }

    [Theory]
    [MemberData(nameof(WidthsAndThreads))]
    public void SIMD_is_within_its_bound(int vectorBits, int threads)
    {
        using var backend = new SimdBackend(threads, vectorBits);
        CheckAll(backend);
    }

    private static void CheckAll(IBackend backend)
    {
        var failures = new List<string>();
        foreach (TorchCase expected in Fixtures.Cases)
        {
            OperatorSpec spec = expected.CreateSpec();
            using ICompiledPipeline compiled = backend.Run(spec, expected.Input.Shape, expected.Input.Singles);
            Assert.Equal(expected.Output.Shape, compiled.Shapes[0]);
            Check(expected, spec, compiled.Output(0), failures);
            if (!compiled.Indices(0).SequenceEqual(expected.Indices))
                failures.Add($"{expected}: wrong indices");
        }
        Running.AssertNone(failures);
    }

    private static void Check(TorchCase expected, OperatorSpec spec, ReadOnlySpan<float> got, List<string> failures)
    {
        OutputBounds bounds = OutputBounds.Create(
            new ReferenceOperators(), spec, expected.Input.Shape, expected.Input.Doubles, expected.Output.Doubles,
            ErrorBound.RoundToNearest);
        for (int i = 0; i < got.Length; i++)
        {
            double exact = expected.Output.Doubles[i];
            // lp_pool2d's bounds are a range of its own, made from the input: what PyTorch has must be in it too.
            bool isBounded = bounds.Bound(i, double.NegativeInfinity) >= 0 && bounds.Bound(i, double.PositiveInfinity) >= 0;
            double bound = !double.IsFinite(exact) ? 0 : isBounded ? bounds.Bound(i, got[i]) : double.NaN;
            // No fixture overflows float32: a result that is not finite is PyTorch's own.
            bool close = double.IsNaN(exact) ? float.IsNaN(got[i])
                : got[i] == (float)exact || Math.Abs(got[i] - exact) <= bound;
            if (!close)
                failures.Add($"{expected}: element {i} is {got[i]:R}, but PyTorch has {exact:R}; bound {bound:G3}");
        }
    }
}
