using System.Collections.Immutable;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.App.View.Pooling;

/// <summary>Measures what pooling does to a frame: what it saves, blurs, and makes steady against shifts and noise.</summary>
internal static class PoolingFacts
{
    /// <summary>
    /// Runs the pipeline on the frame, on the frame moved, its border repeated, and on the frame with Gaussian noise, which is
    /// not clamped to 0..255.
    /// </summary>
    /// <param name="pipeline">The stages.</param>
    /// <param name="input">The frame's shape, <c>[N, C, H, W]</c>.</param>
    /// <param name="frame">The frame, row-major, 0..255.</param>
    /// <param name="shift">By how many pixels to move it: to the right, and down.</param>
    /// <param name="noiseSigma">The noise's standard deviation, in grey levels.</param>
    /// <param name="seed">The noise's seed.</param>
    /// <param name="backend">What runs it.</param>
    /// <param name="cancellation">Ends it between two runs.</param>
    /// <exception cref="LivePoolException">The pipeline or the frame does not fit the shape.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static PoolingReport Of(
        Pipeline pipeline, TensorShape input, ReadOnlySpan<byte> frame, (int X, int Y) shift, double noiseSigma, long seed, IBackend backend,
        CancellationToken cancellation = default)
    {
        FrameView view = frame;
        view.RequireLength(input);
        Pipeline bare = pipeline with { Stages = [.. pipeline.Stages.Select(WithoutIndices)] };
        using ICompiledPipeline clean = backend.Compile(bare, input, StageOutputs.All);
        using ICompiledPipeline changed = backend.Compile(bare, input, StageOutputs.All);
        float[] x = new float[input.Count];
        view.CopyTo(x);
        clean.Run(x);
        cancellation.ThrowIfCancellationRequested();

        float[] other = new float[input.Count];
        Move(x, other, input, shift);
        changed.Run(other);
        double shiftInput = Change(x, other, input);
        double[] shiftChanges = [.. Enumerable.Range(0, bare.Stages.Length).Select(i => Change(clean.Output(i), changed.Output(i), clean.Shapes[i]))];

        cancellation.ThrowIfCancellationRequested();
        x.CopyTo(other, 0);
        GaussianNoise.Add(other, noiseSigma, seed);
        changed.Run(other);

        var facts = ImmutableArray.CreateBuilder<StageFacts>(bare.Stages.Length);
        (double X, double Y) step = (1, 1);
        double sharpness = PlaneStatistics.Sharpness(x, input, 1, 1);
        double noise = PlaneStatistics.RootMeanSquareDifference(other, x);
        for (int i = 0; i < bare.Stages.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            OperatorSpec spec = bare.Stages[i];
            TensorShape before = i == 0 ? input : clean.Shapes[i - 1];
            TensorShape after = clean.Shapes[i];
            (double x, double y) steps = Steps(spec, before, after);
            step = (step.X * steps.x, step.Y * steps.y);
            double sharpnessAfter = PlaneStatistics.Sharpness(clean.Output(i), after, step.X, step.Y);
            double noiseAfter = PlaneStatistics.RootMeanSquareDifference(changed.Output(i), clean.Output(i));
            (long values, double multiplyAdds) = WithoutPools(bare, i, input);
            ReadOnlySpan<float> cleanInput = i == 0 ? x : clean.Output(i - 1);
            ReadOnlySpan<float> noisyInput = i == 0 ? other : changed.Output(i - 1);
            (OperatorSpec? maximum, OperatorSpec? average) = Kinds(spec);
            facts.Add(new(
                spec.Name, IsPool(spec), after.Count, OperatorWork.ConvolutionOperations(spec, before) / 2, values, multiplyAdds,
                sharpness, sharpnessAfter, shiftChanges[i], noise, noiseAfter,
                NoiseAfter(maximum, cleanInput, noisyInput), NoiseAfter(average, cleanInput, noisyInput)));
            (sharpness, noise) = (sharpnessAfter, noiseAfter);

            double NoiseAfter(OperatorSpec? kind, ReadOnlySpan<float> clean, ReadOnlySpan<float> noisy) =>
                kind is null ? double.NaN
                : ReferenceEquals(kind, spec) ? noiseAfter
                : NoiseThrough(kind, before, clean, noisy, backend);
        }
        return new(facts.MoveToImmutable(), shiftInput, shift, noiseSigma) { Pipeline = pipeline };
    }

    /// <summary>Whether the operator makes fewer values of windows.</summary>
    private static bool IsPool(OperatorSpec spec) => spec is MaxPool2d or AvgPool2d or LpPool2d or IntervalPool2d;

    /// <summary>Indices take time, and are not looked at.</summary>
    private static OperatorSpec WithoutIndices(OperatorSpec spec) => spec switch
    {
        MaxPool2d pool => pool with { ReturnIndices = false },
        AdaptiveMaxPool2d pool => pool with { ReturnIndices = false },
        FractionalMaxPool2d pool => pool with { ReturnIndices = false },
        _ => spec,
    };

    /// <summary>How many steps of the input one step of the output is.</summary>
    private static (double X, double Y) Steps(OperatorSpec spec, TensorShape input, TensorShape output)
    {
        return spec switch
        {
            Conv2d conv => Pair(conv.Stride),
            MaxPool2d pool => Pair(pool.Stride ?? pool.KernelSize),
            AvgPool2d pool => Pair(pool.Stride ?? pool.KernelSize),
            LpPool2d pool => Pair(pool.Stride ?? pool.KernelSize),
            ConvTranspose2d conv => (1.0 / conv.Stride.Width, 1.0 / conv.Stride.Height),
            MaxUnpool2d unpool when (unpool.Stride ?? unpool.KernelSize) is var stride => (1.0 / stride.Width, 1.0 / stride.Height),
            _ => ((double)input.W / output.W, (double)input.H / output.H),
        };

        static (double, double) Pair(Size2d stride) => (stride.Width, stride.Height);
    }

    private static double Change(ReadOnlySpan<float> clean, ReadOnlySpan<float> changed, TensorShape shape) => PlaneStatistics.RelativeChange(
        PlaneStatistics.RootMeanSquareDifference(changed, clean), PlaneStatistics.Deviation(clean, shape));

    /// <summary><c>moved[r, c] = x[r - Y, c - X]</c>, the nearest element where there is none.</summary>
    private static void Move(ReadOnlySpan<float> x, Span<float> moved, TensorShape shape, (int X, int Y) shift)
    {
        int by = Math.Clamp(shift.X, -shape.W, shape.W);
        for (int line = 0; line < shape.Planes * shape.H; line++)
        {
            (int plane, int row) = Math.DivRem(line, shape.H);
            int source = plane * shape.H + (int)Math.Clamp((long)row - shift.Y, 0, shape.H - 1);
            ReadOnlySpan<float> from = x.Slice(source * shape.W, shape.W);
            Span<float> to = moved.Slice(line * shape.W, shape.W);
            if (by >= 0)
            {
                to[..by].Fill(from[0]);
                from[..(shape.W - by)].CopyTo(to[by..]);
            }
            else
            {
                to[(shape.W + by)..].Fill(from[^1]);
                from[-by..].CopyTo(to);
            }
        }
    }

    /// <summary>A stage's values and multiplications if the pools before it were not there.</summary>
    private static (long Values, double MultiplyAdds) WithoutPools(Pipeline pipeline, int stage, TensorShape input)
    {
        try
        {
            TensorShape shape = input;
            foreach (OperatorSpec spec in pipeline.Stages[..stage])
                shape = IsPool(spec) ? shape : spec.OutputShape(shape);
            return (pipeline.Stages[stage].OutputShape(shape).Count, OperatorWork.ConvolutionOperations(pipeline.Stages[stage], shape) / 2);
        }
        catch (LivePoolException)
        {
            return (-1, double.NaN);
        }
    }

    /// <summary>
    /// The maximum and the mean of a pool's windows; the pool itself where it is one of them. Padding does not compete for
    /// a maximum, so it does not count in its mean.
    /// </summary>
    private static (OperatorSpec? Maximum, OperatorSpec? Average) Kinds(OperatorSpec spec) => spec switch
    {
        MaxPool2d pool => (pool, pool.Dilation == 1
            ? new AvgPool2d(pool.KernelSize) { Stride = pool.Stride, Padding = pool.Padding, CeilMode = pool.CeilMode, CountIncludePad = false }
            : null),
        AvgPool2d pool => (new MaxPool2d(pool.KernelSize) { Stride = pool.Stride, Padding = pool.Padding, CeilMode = pool.CeilMode }, pool),
        LpPool2d pool => (
            new MaxPool2d(pool.KernelSize) { Stride = pool.Stride, CeilMode = pool.CeilMode },
            new AvgPool2d(pool.KernelSize) { Stride = pool.Stride, CeilMode = pool.CeilMode }),
        AdaptiveMaxPool2d pool => (pool, new AdaptiveAvgPool2d(pool.OutputSize)),
        AdaptiveAvgPool2d pool => (new AdaptiveMaxPool2d(pool.OutputSize), pool),
        FractionalMaxPool2d pool => (pool, null),
        _ => (null, null),
    };

    private static double NoiseThrough(
        OperatorSpec pool, TensorShape input, ReadOnlySpan<float> clean, ReadOnlySpan<float> noisy, IBackend backend)
    {
        using ICompiledPipeline compiled = backend.Compile(Pipeline.Of(pool, input.C), input, StageOutputs.All);
        compiled.Run(clean);
        float[] expected = compiled.Output(0).ToArray();
        compiled.Run(noisy);
        return PlaneStatistics.RootMeanSquareDifference(compiled.Output(0), expected);
    }
}
