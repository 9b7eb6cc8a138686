using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;
using LivePool.Verification;

namespace LivePool.Cpu.Tests;

/// <summary>
/// A fault planted into the results of any row of the case table is found, under the operator's name and where it is.
/// Where a fault changes nothing that the bounds forbid, such as a 0 that was one, it is planted in another row; every
/// operator that can have the fault must show it.
/// </summary>
public sealed class FaultyResultsTests : IDisposable
{
    private static readonly Lazy<List<Clean>> _cases = new(() => [.. OperatorCases.All.Select(Clean.Create)]);
    private readonly SimdBackend _backend = new(1);
    private readonly OperatorCheck _check = new(new ReferenceOperators());

    public void Dispose() => _backend.Dispose();

    /// <summary>A case, its exact result and what is allowed beside it.</summary>
    private sealed record Clean(OperatorCase Case, float[] X, TensorShape Shape, float[] Output, double[] Exact, OutputBounds Bounds)
    {
        public static Clean Create(OperatorCase operatorCase)
        {
            var reference = new ReferenceOperators();
            using var backend = new SimdBackend(1);
            float[] x = operatorCase.MakeInput();
            double[] wide = Array.ConvertAll(x, value => (double)value);
            TensorShape shape = operatorCase.Spec.OutputShape(operatorCase.Input);
            double[] exact = new double[shape.Count];
            reference.Evaluate(
                operatorCase.Spec, operatorCase.Input, wide, exact, new long[operatorCase.Spec.ReturnsIndices ? exact.Length : 0]);
            return new(operatorCase, x, shape, backend.Output(operatorCase.Spec, operatorCase.Input, x), exact,
                OutputBounds.Create(reference, operatorCase.Spec, operatorCase.Input, wide, exact, ErrorBound.RoundToNearest));
        }

        /// <summary>How many times its bound an element would be off.</summary>
        public double Share(int position, float got) =>
            Bounds.Judge(position, got, Exact[position], ErrorBound.IsExact(Case.Spec)).Share;

        /// <summary>One of several, another one in each case.</summary>
        public int Choose(List<int> positions) => positions[(int)((uint)Case.Seed * 2654435761 % (uint)positions.Count)];

        public List<int> Where(Func<int, bool> condition) => [.. Enumerable.Range(0, Exact.Length).Where(condition)];

        public (int N, int C, int H, int W) Coordinates(int position)
        {
            (int plane, int rest) = Math.DivRem(position, Shape.PlaneSize);
            return (plane / Shape.C, plane % Shape.C, rest / Shape.W, rest % Shape.W);
        }
    }

    /// <summary>Plants a fault where it shows and checks that the report says so; whether it showed.</summary>
    /// <param name="clean">The case.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="isPlanted">Whether the fault changes an element.</param>
    private bool IsCaught(Clean clean, Fault fault, Func<int, bool> isPlanted)
    {
        float[] faulty = [.. clean.Output];
        fault(clean.Shape, faulty, new long[clean.Case.Spec.ReturnsIndices ? faulty.Length : 0]);
        List<int> wrong = clean.Where(i => clean.Share(i, faulty[i]) > 1);
        if (wrong.Count == 0)
            return false;

        ComparisonReport report = Compare(clean, fault);

        string name = $"{clean.Case}: {report}";
        Assert.False(report.Passed, name);
        Assert.Equal(clean.Case.Spec.Name, report.Operator);
        Assert.Equal(clean.Shape, report.Shape);
        Assert.Equal(0, report.IndexMismatches);
        Assert.True(report.Failures == wrong.Count, $"{wrong.Count} wrong elements; {name}");
        Assert.All(wrong, i => Assert.True(isPlanted(i), name));
        ElementComparison worst = report.Worst!.Value;
        int worstPosition = wrong.MaxBy(i => clean.Share(i, faulty[i]));
        Assert.True(clean.Coordinates(worstPosition) == (worst.N, worst.C, worst.H, worst.W), $"planted at {clean.Coordinates(worstPosition)}; {name}");
        Assert.Equal(faulty[worstPosition], worst.Got);
        Assert.Equal(clean.Exact[worstPosition], worst.Exact);
        return true;
    }

    private ComparisonReport Compare(Clean clean, Fault fault)
    {
        using var backend = new FaultyBackend(_backend, fault);
        (OperatorSpec spec, TensorShape input) = (clean.Case.Spec, clean.Case.Input);
        using ICompiledPipeline compiled = backend.Run(spec, input, clean.X);
        return _check.Compare(spec, input, clean.X, compiled.Output(0), compiled.Indices(0), ErrorBound.RoundToNearest);
    }

    /// <summary>Checks that each operator that some of the cases have showed the fault in at least one of them.</summary>
    private static void AssertShownByAll(IEnumerable<Clean> cases, Func<Clean, bool> isCaught)
    {
        ILookup<bool, string> operators = cases.ToList().ToLookup(isCaught, clean => clean.Case.Spec.Name);
        Assert.NotEmpty(operators[true]);
        Assert.Empty(operators[false].Except(operators[true]));
    }

    [Fact]
    public void Without_a_fault_all_passes() => Assert.All(_cases.Value, clean =>
    {
        ComparisonReport report = Compare(clean, (_, _, _) => { });
        Assert.True(report.Passed, $"{clean.Case}: {report}");
    });

    [Fact]
    public void A_last_column_left_at_zero() => AssertShownByAll(_cases.Value, clean => IsCaught(
        clean,
        (shape, output, _) =>
        {
            for (int i = shape.W - 1; i < output.Length; i += shape.W)
                output[i] = 0;
        },
        i => i % clean.Shape.W == clean.Shape.W - 1));

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void One_element_off_by_two_bounds(int direction) => AssertShownByAll(_cases.Value, clean =>
    {
        List<int> positions = clean.Where(i => float.IsFinite(Off(i)) && clean.Share(i, Off(i)) > 1);
        if (positions.Count == 0)
            return false;
        int position = clean.Choose(positions);
        return IsCaught(clean, (_, output, _) => output[position] = Off(position), i => i == position);

        float Off(int i)
        {
            double bound = clean.Bounds.Bound(i, direction * double.MaxValue);
            float off = (float)(clean.Exact[i] + 2 * direction * bound);
            return bound > 0 ? off : direction > 0 ? MathF.BitIncrement(off) : MathF.BitDecrement(off);
        }
    });

    [Fact]
    public void One_element_off_by_half_its_bound_passes() => Assert.All(_cases.Value, clean =>
    {
        // Not where float32 is too coarse for it.
        List<int> positions = clean.Where(i =>
            float.IsFinite(Off(i)) && Math.Abs(Off(i) - clean.Exact[i]) < 0.75 * clean.Bounds.Bound(i, double.MaxValue));
        if (positions.Count == 0)
            return;
        int position = clean.Choose(positions);
        ComparisonReport report = Compare(clean, (_, output, _) => output[position] = Off(position));
        Assert.True(report.Passed, $"{clean.Case}: {report}");

        float Off(int i) => (float)(clean.Exact[i] + clean.Bounds.Bound(i, double.MaxValue) / 2);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void One_index_off_by_one(int difference)
    {
        List<Clean> cases = [.. _cases.Value.Where(clean => clean.Case.Spec.ReturnsIndices)];
        Assert.Equal(3, cases.Select(clean => clean.Case.Spec.Name).Distinct().Count());
        foreach (Clean clean in cases)
        {
            int position = clean.Choose(clean.Where(_ => true));
            long planted = 0;
            ComparisonReport report = Compare(clean, (_, _, indices) => planted = indices[position] += difference);

            string name = $"{clean.Case}: {report}";
            Assert.Equal((clean.Case.Spec.Name, 0, 1), (report.Operator, report.Failures, report.IndexMismatches));
            (int n, int c, int h, int w) = clean.Coordinates(position);
            Assert.True(report.FirstWrongIndex == new IndexComparison(n, c, h, w, planted, planted - difference), name);
        }
    }

    [Fact]
    public void All_indices_off_by_one()
    {
        foreach (Clean clean in _cases.Value.Where(clean => clean.Case.Spec.ReturnsIndices))
        {
            ComparisonReport report = Compare(clean, (_, _, indices) =>
            {
                foreach (ref long index in indices)
                    index++;
            });
            Assert.Equal((clean.Case.Spec.Name, 0, clean.Exact.Length), (report.Operator, report.Failures, report.IndexMismatches));
            IndexComparison first = report.FirstWrongIndex!.Value;
            Assert.Equal((0, 0, 0, 0, 1L), (first.N, first.C, first.H, first.W, first.Got!.Value - first.Exact!.Value));
        }
    }

    [Theory]
    [InlineData(float.NegativeInfinity)]
    [InlineData(-float.MaxValue)]
    public void A_NaN_replaced(float by)
    {
        List<Clean> cases = [.. _cases.Value.Where(clean => clean.Exact.Any(double.IsNaN))];
        string[] names = [.. OperatorCases.All.Where(c => c.Values == ValueKind.Special).Select(c => c.Spec.Name).Distinct()];
        Assert.Empty(names.Except(cases.Select(clean => clean.Case.Spec.Name)));
        Assert.All(cases, clean =>
        {
            int position = clean.Choose(clean.Where(i => double.IsNaN(clean.Exact[i])));
            Assert.True(IsCaught(clean, (_, output, _) => output[position] = by, i => i == position));
            Assert.Equal(1, Compare(clean, (_, output, _) => output[position] = by).NonFiniteMismatches);
        });
    }

    [Fact]
    public void One_sum_divided_by_one_less_than_its_elements()
    {
        List<Clean> cases = [.. _cases.Value.Where(clean => clean.Case.Spec is AvgPool2d { DivisorOverride: null } or AdaptiveAvgPool2d)];
        AssertShownByAll(cases, clean =>
        {
            List<int> positions = clean.Where(i => Elements(clean, i) > 1 && clean.Share(i, Off(i)) > 1);
            if (positions.Count == 0)
                return false;
            int position = clean.Choose(positions);
            return IsCaught(clean, (_, output, _) => output[position] = Off(position), i => i == position);

            float Off(int i) => clean.Output[i] * Elements(clean, i) / (Elements(clean, i) - 1);
        });
    }

    private static int Elements(Clean clean, int position)
    {
        if (clean.Case.Spec is AvgPool2d average)
            return average.KernelSize.Height * average.KernelSize.Width;
        PoolIntervals intervals = ((AdaptiveAvgPool2d)clean.Case.Spec).Intervals(clean.Case.Input);
        (_, _, int h, int w) = clean.Coordinates(position);
        return (intervals.Rows[2 * h + 1] - intervals.Rows[2 * h]) * (intervals.Columns[2 * w + 1] - intervals.Columns[2 * w]);
    }

    [Fact]
    public void The_last_plane_and_the_first_swapped() =>
        AssertShownByAll(_cases.Value.Where(clean => clean.Shape.Planes > 1), clean => IsCaught(
            clean,
            (shape, output, _) =>
            {
                float[] first = output[..shape.PlaneSize].ToArray();
                output[^shape.PlaneSize..].CopyTo(output);
                first.CopyTo(output[^shape.PlaneSize..]);
            },
            i => i < clean.Shape.PlaneSize || i >= clean.Exact.Length - clean.Shape.PlaneSize));
}
