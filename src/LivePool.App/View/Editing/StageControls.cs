using LivePool.App.View.Panels;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using SkiaSharp;

namespace LivePool.App.View.Editing;

/// <summary>The sliders, switches and choices of a stage's parameters. What is refused turns red, with the reason below it.</summary>
internal sealed class StageControls(PanelCanvas panel, PipelineEdits edits)
{
    private (int Stage, string Name, double Value, OperatorSpec? Spec)? _refused;

    /// <summary>Whether rows and columns are set apart.</summary>
    public bool IsPerAxis { get; private set; }

    public void TogglePerAxis() => IsPerAxis = !IsPerAxis;

    /// <summary>Forgets what was refused.</summary>
    public void Forget() => _refused = null;

    /// <summary>Draws parameters of a stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="parameters">Some of its parameters, or all.</param>
    /// <param name="input">Its input's shape; null where that is not known.</param>
    public void Draw(int stage, IEnumerable<StageParameter> parameters, TensorShape? input)
    {
        foreach (StageParameter parameter in parameters)
            DrawParameter(stage, parameter, input);
    }

    /// <summary>Says why something was refused that is no parameter's value.</summary>
    public void DrawOtherRefusal()
    {
        // What belongs to a parameter stands below it.
        if (edits.Refusal is { } refusal && _refused is null)
            panel.Paragraph(refusal, panel.Theme.Bad);
    }

    /// <summary>The size that a stage leads to, or why there is none.</summary>
    public void DrawFormula(OperatorSpec spec, TensorShape input, SKColor colour)
    {
        foreach (string line in OutputSizeFormula.Of(spec, input))
            panel.Paragraph(line, colour);
    }

    private void DrawParameter(int stage, StageParameter parameter, TensorShape? input)
    {
        bool isWrong = _refused is { } refused && refused.Stage == stage && refused.Name == parameter.Name && edits.Refusal is not null;
        double value = isWrong ? _refused!.Value.Value : parameter.Value;
        DrawControl(stage, parameter, value, isWrong);
        if (!isWrong)
            return;
        panel.Paragraph(edits.Refusal!, panel.Theme.Bad);
        if (input is { } shape && _refused!.Value.Spec is { } wanted)
            DrawFormula(wanted, shape, panel.Theme.Bad);
    }

    private void DrawControl(int stage, StageParameter parameter, double value, bool isWrong)
    {
        switch (parameter.Kind)
        {
            case ParameterKind.Switch:
                panel.Switch(parameter.Name, value != 0, () => Set(stage, parameter, value == 0 ? 1 : 0), isWrong);
                break;
            case ParameterKind.Choice:
                panel.Choice(parameter.Name, parameter.Choices, (int)value, choice => Set(stage, parameter, choice));
                break;
            default:
                double span = parameter.Most - parameter.Least, step = parameter.Kind == ParameterKind.Whole ? 1 : span / 100;
                panel.Slider(
                    parameter.Name, parameter.Label(value), span > 0 ? (float)((value - parameter.Least) / span) : 0,
                    share => Set(stage, parameter, Rounded(parameter, parameter.Least + share * span, step), $"{stage} {parameter.Name}"),
                    steps => Set(stage, parameter, Rounded(parameter, value + steps * step, step)), isWrong);
                break;
        }
    }

    private static double Rounded(StageParameter parameter, double value, double step) =>
        step <= 0 ? parameter.Least : Math.Clamp(Math.Round((value - parameter.Least) / step) * step + parameter.Least, parameter.Least, parameter.Most);

    /// <summary>Sets a parameter of the stage as it is now: it may have changed since it was drawn.</summary>
    private void Set(int stage, StageParameter drawn, double value, string? gesture = null)
    {
        OperatorSpec? wanted = null;
        bool isTaken = edits.Do(Changed, gesture);
        _refused = isTaken ? null : (stage, drawn.Name, value, wanted);

        Pipeline Changed(Pipeline now)
        {
            StageParameter? parameter = now.Stages.ElementAtOrDefault(stage) is { } spec
                ? StageParameters.Of(spec, IsPerAxis).FirstOrDefault(parameter => parameter.Name == drawn.Name) : null;
            if (parameter is null || parameter.Kind != drawn.Kind)
                return now;
            double within = Math.Clamp(value, parameter.Least, parameter.Most);
            if (parameter.Value == within)
                return now;
            wanted = parameter.With(within);
            return StageEdit.With(now, stage, wanted);
        }
    }
}
