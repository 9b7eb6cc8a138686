using System.Globalization;
using LivePool.App.View.Panels;

namespace LivePool.App.View.Pooling;

/// <summary>The page on what pooling does to the picture that is shown: fewer values, less sharp, steadier under shifts, less noise.</summary>
internal sealed class PoolingPanel(PanelCanvas panel, Engine engine, PoolingMeter meter) : IPanelPage
{
    private const int MostShift = 8;
    private const double MostSigma = 64;

    private PoolingReport? _shown;
    private bool _isStale = true;

    public string Name => "Pooling";

    /// <summary>How far the input is moved for comparison, in pixels.</summary>
    public (int X, int Y) Shift { get; private set; } = (1, 0);

    /// <summary>How strong the noise is that is added for comparison, in grey levels.</summary>
    public double Sigma { get; private set; } = 16;

    /// <summary>What was measured last; null before the first.</summary>
    public PoolingReport? Report => meter.Latest;

    /// <summary>A new frame is shown, or another pipeline.</summary>
    public void NoteFrame() => _isStale = true;

    /// <summary>Hands the frame that is shown to the meter, while the page is to be seen.</summary>
    /// <returns>Whether there is something new.</returns>
    public bool Update(double now)
    {
        if (panel.Page != this || engine.Compiled is not { } compiled)
            return false;
        if (_isStale && meter.Offer(compiled.Pipeline, compiled.InputShape, engine.Input, Shift, Sigma, now))
            _isStale = false;
        PoolingReport? latest = meter.Latest;
        bool isNew = !ReferenceEquals(latest, _shown);
        _shown = latest;
        return isNew;
    }

    public void Draw()
    {
        panel.Title("what pooling does");
        if (meter.Failure is { } failure)
            panel.Paragraph(failure, panel.Theme.Bad);
        if (meter.Latest is not { } report || !ReferenceEquals(report.Pipeline, engine.Compiled?.Pipeline))
        {
            panel.Line("measuring ...", panel.Theme.Faint);
            return;
        }
        DrawValues(report);
        DrawSharpness(report);
        panel.Space(8);
        panel.Title("the picture moves");
        panel.Slider("columns", $"{Shift.X}", (Shift.X + MostShift) / (2f * MostShift), share => Move(Moved(share), Shift.Y), steps => Move(Bounded(Shift.X + steps), Shift.Y));
        panel.Slider("rows", $"{Shift.Y}", (Shift.Y + MostShift) / (2f * MostShift), share => Move(Shift.X, Moved(share)), steps => Move(Shift.X, Bounded(Shift.Y + steps)));
        DrawShift(report);
        panel.Space(8);
        panel.Title("noise is added");
        panel.Slider("sigma", Text($"{Sigma:F0}"), (float)(Sigma / MostSigma), share => SetSigma(Math.Round(share * MostSigma)), steps => SetSigma(Math.Clamp(Sigma + steps, 0, MostSigma)));
        DrawNoise(report);
    }

    private void Move(int columns, int rows) => (Shift, _isStale) = ((columns, rows), true);

    private void SetSigma(double sigma) => (Sigma, _isStale) = (sigma, true);

    private static int Moved(float share) => (int)Math.Round(share * 2 * MostShift) - MostShift;

    private static int Bounded(float shift) => (int)Math.Clamp(shift, -MostShift, MostShift);

    private void DrawValues(PoolingReport report)
    {
        panel.Line("values and multiply-adds", panel.Theme.Faint);
        long before = engine.InputShape?.Count ?? 0;
        for (int i = 0; i < report.Stages.Length; i++)
        {
            StageFacts stage = report.Stages[i];
            string what = stage.MultiplyAdds > 0 ? $"{Short(stage.MultiplyAdds)} multiply-adds" : stage.IsPool ? Text($"{(double)before / stage.Values:F1}x fewer") : "";
            panel.Row(NameOf(i, stage), Short(stage.Values), what, panel.Theme.Ink);
            before = stage.Values;
        }
        StageFacts[] behind = [.. report.Stages.SkipWhile(stage => !stage.IsPool).Skip(1)];
        double with = behind.Sum(stage => stage.MultiplyAdds), without = behind.Sum(stage => stage.MultiplyAddsWithoutPools);
        if (without > with)
            panel.Paragraph(Text($"behind pools {Short(with)} multiply-adds are left of {Short(without)}: {100 * (1 - with / without):F0}% saved"), panel.Theme.Good);
    }

    private void DrawSharpness(PoolingReport report)
    {
        panel.Space(4);
        panel.Line("sharpness: gradient energy a pixel", panel.Theme.Faint);
        for (int i = 0; i < report.Stages.Length; i++)
        {
            StageFacts stage = report.Stages[i];
            if (stage.IsPool)
                panel.Row(NameOf(i, stage), Text($"{stage.SharpnessAfter:G4}"), Text($"of {stage.SharpnessBefore:G4}: {Percent(1 - stage.SharpnessAfter / stage.SharpnessBefore)} lost"), panel.Theme.Ink);
        }
    }

    private void DrawShift(PoolingReport report)
    {
        panel.Line("how much changes, of the picture's own spread", panel.Theme.Faint);
        panel.Space(3);
        panel.Bar("input", Percent(report.ShiftInput), (float)report.ShiftInput / 2, panel.Theme.Faint);
        for (int i = 0; i < report.Stages.Length; i++)
        {
            StageFacts stage = report.Stages[i];
            panel.Bar(NameOf(i, stage), Percent(stage.ShiftChange), (float)stage.ShiftChange / 2, stage.IsPool ? panel.Theme.Good : panel.Theme.Accent);
        }
    }

    private void DrawNoise(PoolingReport report)
    {
        panel.Line("how much of it comes through a pool", panel.Theme.Faint);
        panel.Space(3);
        for (int i = 0; i < report.Stages.Length; i++)
        {
            StageFacts stage = report.Stages[i];
            if (!stage.IsPool)
            {
                panel.Row(NameOf(i, stage), Text($"{stage.NoiseAfter:G4}"), Text($"of {stage.NoiseBefore:G4} that came in"), panel.Theme.Ink);
                continue;
            }
            panel.Bar($"{i + 1}  as max", Percent(stage.NoiseAfterMax / stage.NoiseBefore), (float)(stage.NoiseAfterMax / stage.NoiseBefore), panel.Theme.Accent);
            panel.Bar($"{i + 1}  as average", Percent(stage.NoiseAfterAverage / stage.NoiseBefore), (float)(stage.NoiseAfterAverage / stage.NoiseBefore), panel.Theme.Good);
        }
    }

    private static string NameOf(int index, StageFacts stage) => $"{index + 1}  {stage.Name}";

    private static string Percent(double share) => double.IsFinite(share) ? Text($"{100 * share:F0}%") : "-";

    private static string Short(double count) => count switch
    {
        >= 1e9 => Text($"{count / 1e9:F2} G"),
        >= 1e6 => Text($"{count / 1e6:F2} M"),
        >= 1e4 => Text($"{count / 1e3:F1} k"),
        _ => Text($"{count:F0}"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
