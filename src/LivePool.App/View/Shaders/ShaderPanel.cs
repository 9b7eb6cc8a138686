using System.Globalization;
using LivePool.App.Lab;
using LivePool.App.Reports;
using LivePool.App.View.Editing;
using LivePool.App.View.Panels;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Gpu;
using LivePool.Gpu.UserShaders;
using SkiaSharp;

namespace LivePool.App.View.Shaders;

/// <summary>The page on the user's shaders: what the driver says of them, their parameters, what they wrote by DEBUG, and others to open.</summary>
internal sealed class ShaderPanel(
    PanelCanvas panel, Engine engine, StageControls controls, HotReload reload, DebugValues debug, ShaderFiles files) : IPanelPage
{
    private const int MostRecords = 24;

    public string Name => "Shader";

    public bool IsLive => true;

    public void Draw()
    {
        Pipeline pipeline = engine.Pipeline;
        if (reload.Error.Count > 0)
        {
            panel.Title(reload.ShowsFormer ? "what compiled last runs" : "it does not compile");
            panel.Paragraph(reload.Error[0], panel.Theme.Bad);
        }
        for (int i = 0; i < pipeline.Stages.Length; i++)
        {
            if (pipeline.Stages[i].Shader is UserShader shader)
                DrawShader(i, pipeline.Stages[i], shader);
        }
        if (engine.Second is { } second)
        {
            panel.Title($"beside it: {Path.GetFileName(second.FullPath)}");
            panel.Paragraph("the Compare page sets the two side by side", panel.Theme.Faint);
        }
        if (!pipeline.HasShaders)
        {
            panel.Title("no shader of yours");
            panel.Paragraph("open one below, drop a .comp file on the window, or write one: livepool new shader mine. Saving it is seen at once.", panel.Theme.Faint);
        }
        foreach ((int stage, long written, IReadOnlyList<DebugRecord> kept) in debug.Found)
            DrawRecords(pipeline.Stages.ElementAtOrDefault(stage)?.Title ?? "", written, kept);
        panel.Title("open");
        panel.Space(4);
        panel.Buttons([.. files.Found().Select(found => (found.Name, found.Open))]);
        if (reload.Last is (DateTime at, double milliseconds))
            panel.Line(string.Create(CultureInfo.InvariantCulture, $"taken {reload.Taken} times, last at {at:HH:mm:ss} in {milliseconds:F0} ms"), panel.Theme.Faint);
    }

    private void DrawShader(int stage, OperatorSpec spec, UserShader shader)
    {
        panel.Title($"{stage + 1}  {Path.GetFileName(shader.FullPath)}");
        SKColor faint = panel.Theme.Faint;
        panel.Line(shader.Claim is { } claimed ? $"claims to be {claimed}; V checks it" : "claims to be no operator", faint);
        if (engine.Compiled is not GpuCompiledPipeline compiled)
            panel.Line(engine.Failure is null ? $"{engine.Backend.Name} does not run it" : "it does not run", engine.Failure is null ? faint : panel.Theme.Bad);
        else if (stage < compiled.Shapes.Count && compiled.Reflection(stage) is { } reflection)
            panel.Paragraph(LabCompiled.Describe(reflection), faint);
        panel.Space(4);
        controls.Draw(stage, StageParameters.OfShader(spec), null);
    }

    private void DrawRecords(string title, long written, IReadOnlyList<DebugRecord> kept)
    {
        panel.Title($"DEBUG of {title}");
        panel.Line($"{Numbers.Count(written)} values in a run{(written > MostRecords ? $", the first {MostRecords}; pin a pixel for its own" : "")}", panel.Theme.Faint);
        foreach (DebugRecord record in kept.Take(MostRecords))
            panel.Line($"{Path.GetFileName(record.Place.File)}:{record.Place.Line} ({record.X}, {record.Y}, {record.Z})  {record.Text}", panel.Theme.Ink);
    }
}
