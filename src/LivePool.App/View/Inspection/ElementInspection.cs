using LivePool.App.Lab;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Gpu;
using LivePool.Verification;
using LivePool.Verification.Explanations;

namespace LivePool.App.View.Inspection;

/// <summary>What there is to say about an element of the frame that is shown. Values are read back, never taken from the screen.</summary>
/// <param name="At">Where it is.</param>
/// <param name="Value">What the backend computed, or the input has.</param>
/// <param name="Explanation">How it comes about; null for the input, and where only a shader knows.</param>
/// <param name="Verdict">How exact it is; null likewise.</param>
/// <param name="Values">What each backend makes of the taps, by name; null where it cannot.</param>
/// <param name="Fields">What it depends on of the input and of the stages before it, the nearest first.</param>
/// <param name="Reached">What depends on it of the stages behind it, the nearest first.</param>
internal sealed record ElementInspection(
    Element At, float Value, Explanation? Explanation, ElementVerdict? Verdict, IReadOnlyList<(string Backend, float? Value)> Values,
    IReadOnlyList<Field> Fields, IReadOnlyList<ReachedField> Reached)
{
    private const int MostTaps = 1 << 16;

    /// <summary>Which invocation of the user's shader writes it; null where none does.</summary>
    public string? Place { get; init; }

    /// <summary>What a free stage finds at the same place; null elsewhere.</summary>
    public InputAround? Around { get; init; }

    /// <summary>Taps that are shown one by one, at most: those of a pool of a whole picture are not.</summary>
    private const int MostShownTaps = 4096;

    private static readonly ReferenceOperators _exact = new();

    /// <summary>The taps, as far as they are few enough to be shown.</summary>
    public IReadOnlyList<Tap> ShownTaps => Explanation is { Taps.Count: <= MostShownTaps } explanation ? explanation.Taps : [];

    /// <summary>Looks at an element.</summary>
    /// <param name="at">Where it is.</param>
    /// <param name="stages">What is shown.</param>
    /// <param name="backend">What computed it.</param>
    /// <param name="others">What else is to compute it, from its taps.</param>
    public static ElementInspection Of(Element at, StageTextures stages, IBackend backend, ReadOnlySpan<IBackend> others)
    {
        ICompiledPipeline compiled = stages.Compiled!;
        TensorShape shape = stages.Shape(at.Stage);
        int position = (at.Channel * shape.H + at.Row) * shape.W + at.Column;
        if (at.Stage < 0)
            return new(at, stages.Input[position], null, null, [], [], ReachedField.From(at, stages));
        ReadOnlySpan<float> x = at.Stage == 0 ? stages.Input : compiled.Output(at.Stage - 1);
        float got = compiled.Output(at.Stage)[position];
        string? place = compiled.Pipeline.Stages[at.Stage].Shader is not null && compiled is GpuCompiledPipeline gpu
            ? LabPlace.Describe(compiled.Pipeline.Stages[at.Stage], shape, gpu.Reflection(at.Stage)!, new(at.Column, at.Row, at.Channel)) : null;
        if (compiled.Pipeline.Stages[at.Stage] is FreeStage)
        {
            return new(at, got, null, null, [(backend.Name, got)], [], ReachedField.From(at, stages))
            {
                Place = place,
                Around = InputAround.Of(stages.Shape(at.Stage - 1), x, shape, new(at.Column, at.Row, at.Channel)),
            };
        }
        Explanation explanation = Explainer.Explain(
            compiled.Pipeline.Stages[at.Stage], stages.Shape(at.Stage - 1), x, new(0, at.Channel, at.Row, at.Column));
        ReadOnlySpan<long> indices = compiled.Indices(at.Stage);
        var verdict = ElementVerdict.Of(explanation, _exact, Arithmetic.Of(backend), got, position < indices.Length ? indices[position] : null);
        var values = new List<(string, float?)> { (backend.Name, got) };
        foreach (IBackend other in others)
            values.Add((other.Name, ValueOn(other, explanation.Isolated)));
        return new(at, got, explanation, verdict, values, FieldsOf(at, stages, explanation), ReachedField.From(at, stages)) { Place = place };
    }

    /// <summary>Goes back from stage to stage: what the outermost elements depend on is all that those between them do.</summary>
    private static List<Field> FieldsOf(Element at, StageTextures stages, Explanation explanation)
    {
        var fields = new List<Field>();
        Field? field = Field.Of(at.Stage - 1, explanation.Taps);
        while (field is { } found)
        {
            fields.Add(found);
            if (found.Stage < 0 || stages.Compiled!.Pipeline.Stages[found.Stage] is FreeStage)
                break;
            field = Field.Of(found.Stage - 1, [.. TapsOf(found.Top, found.Left), .. TapsOf(found.Bottom, found.Right)]);

            IReadOnlyList<Tap> TapsOf(int row, int column) => Explainer.Explain(
                stages.Compiled!.Pipeline.Stages[found.Stage], stages.Shape(found.Stage - 1),
                found.Stage == 0 ? stages.Input : stages.Compiled.Output(found.Stage - 1), new(0, 0, row, column)).Taps;
        }
        return fields;
    }

    /// <summary>What a backend makes of an element's taps; null where it has no such operator, or there are too many.</summary>
    private static float? ValueOn(IBackend backend, IsolatedElement element)
    {
        if (element.X.Length > MostTaps)
            return null;
        try
        {
            float[] x = Array.ConvertAll(element.X, value => (float)value);
            using ICompiledPipeline compiled = backend.Compile(Pipeline.Of(element.Spec, element.Input.C), element.Input, StageOutputs.All);
            compiled.Run(x.AsSpan());
            return compiled.Output(0)[0];
        }
        catch (LivePoolException e) when (e is not BackendUnavailableException)
        {
            return null;
        }
    }
}
