using System.Globalization;
using LivePool.App.Measuring;
using LivePool.App.Reports;
using LivePool.App.View.Panels;
using SkiaSharp;

namespace LivePool.App.View.Counting;

/// <summary>The page on the values of the input and of each stage: how many are no numbers, and how the others are distributed.</summary>
internal sealed class ValuesPanel(PanelCanvas panel, Engine engine, ValueMeter meter) : IPanelPage
{
    private const float GraphHeight = 48;

    private ValueReport? _shown;
    private string? _shownFailure;
    private bool _isStale = true;

    public string Name => "Values";

    /// <summary>What the stages that are shown came to; null while the page is hidden, or that is not known yet.</summary>
    public ValueReport? Report => panel.Page == this && meter.Latest is { } report && ReferenceEquals(report.Compiled, engine.Compiled) ? report : null;

    /// <summary>A new frame is shown, or another pipeline.</summary>
    public void NoteFrame() => _isStale = true;

    /// <summary>Has the meter count what is shown, while the page is to be seen.</summary>
    /// <returns>Whether there is something new.</returns>
    public bool Update(double now)
    {
        meter.Update();
        if (panel.Page != this)
        {
            meter.Forget();
            _isStale = true;
            return false;
        }
        if (_isStale && engine.Compiled is { } compiled && meter.IsDue(compiled, now) && meter.Offer(compiled, engine.Input, now))
            _isStale = false;
        bool isNew = !ReferenceEquals(meter.Latest, _shown) || meter.Failure != _shownFailure;
        (_shown, _shownFailure) = (meter.Latest, meter.Failure);
        return isNew;
    }

    public void Draw()
    {
        if (engine.Compiled is not { } compiled || meter.Failure is not null)
        {
            panel.Title("values");
            if (meter.Failure is { } failure)
                panel.Paragraph(failure, panel.Theme.Bad);
            return;
        }
        Draw($"input {compiled.InputShape}", Report?.Input);
        for (int i = 0; i < compiled.Shapes.Count; i++)
            Draw($"{compiled.Pipeline.Stages[i].Title} {compiled.Shapes[i]}", Report?.Stages[i]);
    }

    private void Draw(string heading, ValueStatistics? values)
    {
        panel.Title(heading);
        if (values is null)
            panel.Line("counting ...", panel.Theme.Faint);
        else
            Draw(values);
        panel.Space(6);
    }

    private void Draw(ValueStatistics values)
    {
        panel.Words(
            ($"{Numbers.Count(values.Count)} values:", panel.Theme.Ink),
            ($"{Numbers.Count(values.NaNs)} NaN,", ColourOf(values.NaNs)),
            ($"{Numbers.Count(values.Infinities)} infinite", ColourOf(values.Infinities)));
        if (values.Finite == 0)
        {
            panel.Line("none is finite", panel.Theme.Bad);
            return;
        }
        panel.Paragraph(string.Create(CultureInfo.InvariantCulture, $"mean {values.Mean:G4}, tallest bar {values.Most:N0}"), panel.Theme.Faint);
        DrawHistogram(values);
        // Equal values are one bar at the left.
        panel.Ends(Text(values.Least), values.Least == values.Greatest ? "" : Text(values.Greatest), panel.Theme.Ink);

        static string Text(float value) => value.ToString("G6", CultureInfo.InvariantCulture);
    }

    private SKColor ColourOf(int count) => count > 0 ? panel.Theme.Bad : panel.Theme.Faint;

    private void DrawHistogram(ValueStatistics values)
    {
        panel.Space(4);
        var place = SKRect.Create(MathF.Round(panel.Margin), MathF.Round(panel.Y), MathF.Round(panel.Inner), MathF.Round(GraphHeight * panel.Unit));
        panel.Space(GraphHeight + 1);
        if (place.Top > panel.Height || place.Bottom < 0)
            return;
        using var paint = new SKPaint { Color = panel.Theme.Ground };
        panel.Canvas.DrawRect(place, paint);
        paint.Color = panel.Theme.Accent;
        ReadOnlySpan<int> counts = values.Histogram;
        int most = values.Most;
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0)
                continue;
            float left = MathF.Floor(place.Width * i / counts.Length), right = MathF.Floor(place.Width * (i + 1) / counts.Length);
            // Whatever is there at all shows.
            float height = Math.Max(1, MathF.Round((float)((double)place.Height * counts[i] / most)));
            panel.Canvas.DrawRect(SKRect.Create(place.Left + left, place.Bottom - height, Math.Max(1, right - left - 1), height), paint);
        }
    }
}
