using LivePool.App.View.Panels;
using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using SkiaSharp;

namespace LivePool.App.View.Editing;

/// <summary>
/// The page that edits the pipeline: its stages in order, the chosen one's parameters and the size they lead to, and ways to take it
/// along. What is refused turns red, with the reason, and the last valid result stays.
/// </summary>
internal sealed class StagesPanel(PanelCanvas panel, Engine engine, PipelineEdits edits, StageControls controls, PipelineFiles files) : IPanelPage
{
    private int _stage;
    private bool _isAdding;

    public string Name => "Pipeline";

    /// <summary>The stage whose parameters are shown.</summary>
    public int Stage => Math.Min(_stage, edits.Pipeline.Stages.Length - 1);

    public void Draw()
    {
        Pipeline pipeline = edits.Pipeline;
        panel.Title(pipeline.Name);
        panel.Space(4);
        TensorShape[] inputs = Inputs(pipeline);
        for (int i = 0; i < pipeline.Stages.Length; i++)
            DrawStage(i, pipeline.Stages[i].Title, i + 1 < inputs.Length ? $"{inputs[i + 1]}" : "");
        int stage = Stage;
        panel.Buttons(
        [
            ("up", () => Move(stage, -1), false), ("down", () => Move(stage, 1), false), ("remove", () => Remove(stage), false),
            ("add", () => _isAdding = !_isAdding, _isAdding),
        ]);
        if (_isAdding)
            panel.Buttons([.. StageEdit.Addable.Select(name => ($"+ {name}", (Action)(() => Add(stage, name))))]);
        panel.Title(pipeline.Stages[stage].Title);
        panel.Space(2);
        controls.Draw(stage, StageParameters.Of(pipeline.Stages[stage], controls.IsPerAxis), stage < inputs.Length ? inputs[stage] : null);
        panel.Switch("rows, columns apart", controls.IsPerAxis, controls.TogglePerAxis);
        controls.DrawOtherRefusal();
        if (stage < inputs.Length)
            controls.DrawFormula(pipeline.Stages[stage], inputs[stage], panel.Theme.Faint);
        panel.Space(6);
        panel.Buttons(("undo", edits.Undo), ("redo", edits.Redo), ("save", files.Save), ("copy PyTorch", files.CopyPyTorch), ("copy JSON", files.CopyJson), ("copy command", files.CopyCommand));
        panel.Title("open");
        panel.Space(4);
        panel.Buttons([.. files.Found().Select(found => (found.Name, found.Open))]);
    }

    private void DrawStage(int stage, string name, string shape)
    {
        float height = 22 * panel.Unit;
        var place = SKRect.Create(panel.Margin, panel.Y, panel.Inner, height);
        using var paint = new SKPaint { Color = stage == Stage ? panel.Theme.Accent : panel.Theme.Ground, IsAntialias = true };
        panel.Canvas.DrawRoundRect(place, 4 * panel.Unit, 4 * panel.Unit, paint);
        SKColor ink = stage == Stage ? panel.Theme.Panel : panel.Theme.Ink;
        float baseline = place.MidY + 4.5f * panel.Unit;
        panel.Draw($"{stage + 1}  {name}", place.Left + 8 * panel.Unit, baseline, 12, ink);
        panel.Draw(shape, place.Left + 0.55f * place.Width, baseline, 12, stage == Stage ? panel.Theme.Panel : panel.Theme.Faint);
        panel.Add(new($"stage {stage + 1}", place, () => _stage = stage));
        panel.Space(25);
    }

    private void Remove(int stage)
    {
        controls.Forget();
        edits.Do(now => stage < now.Stages.Length ? StageEdit.Remove(now, stage) : now);
    }

    private void Move(int stage, int by)
    {
        controls.Forget();
        int count = edits.Pipeline.Stages.Length;
        if (stage < count && stage + by >= 0 && stage + by < count && edits.Do(now => StageEdit.Move(now, stage, by)))
            _stage = stage + by;
    }

    private void Add(int stage, string name)
    {
        controls.Forget();
        TensorShape[] inputs = Inputs(edits.Pipeline);
        if (stage < edits.Pipeline.Stages.Length && edits.Do(now => StageEdit.Add(now, stage, name, inputs.Length > stage + 1 ? inputs[stage + 1].C : now.Channels)))
            (_stage, _isAdding) = (stage + 1, false);
    }

    /// <summary>Each stage's input, and the last one's output; as far as they can be known.</summary>
    private TensorShape[] Inputs(Pipeline pipeline)
    {
        if (engine.InputShape is not { } input)
            return [];
        var shapes = new List<TensorShape> { input with { C = pipeline.Channels } };
        try
        {
            foreach (OperatorSpec spec in pipeline.Stages)
                shapes.Add(spec.OutputShape(shapes[^1]));
        }
        catch (LivePoolException)
        {
            // The window says already that the pipeline does not fit the frame.
        }
        return [.. shapes];
    }
}
