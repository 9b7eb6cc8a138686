using System.Globalization;
using LivePool.App.View.Panels;
using LivePool.Frames.Streaming;
using SkiaSharp;

namespace LivePool.App.View.Streaming;

/// <summary>The page on frames: how fast they come and go, where their time goes, and what was lost.</summary>
/// <param name="panel">What it is drawn on.</param>
/// <param name="engine">Who computes.</param>
/// <param name="source">Where frames come from.</param>
/// <param name="times">How long frames take.</param>
/// <param name="latency">From capture to present.</param>
internal sealed class StreamPanel(PanelCanvas panel, Engine engine, Func<FrameFeed> source, FrameTimes times, LatencyMeter latency) : IPanelPage
{
    private const float GraphHeight = 84;
    private const float MostMilliseconds = 50;

    public string Name => "Stream";

    public bool IsLive => true;

    public void Draw()
    {
        FrameFeed feed = source();
        FeedCounts counts = feed.Counts;
        panel.Title("frames");
        DrawGraph();
        panel.Space(6);
        Row("captured", counts.Captured);
        Row("shown", counts.Shown);
        Row("dropped", counts.Dropped, "a newer one came first");
        Row("late", counts.Late, "behind their time");
        Row("stalls", counts.Stalls, "the source stood still");
        Row("missed", counts.Missed, "the device counted them");
        Row("damaged", counts.Damaged, "not shown");
        if (!latency.IsEmpty)
        {
            (double p50, double p95, double p99) = latency.Percentiles();
            panel.Row("latency", Milliseconds(p50), $"p95 {Milliseconds(p95)}, p99 {Milliseconds(p99)}", panel.Theme.Ink);
        }
        panel.Space(8);
        panel.Title("stages");
        DrawStages();
        panel.Space(8);
        panel.Title("who");
        panel.Paragraph(feed.Description, panel.Theme.Ink);
        panel.Paragraph($"{engine.Backend.Name}: {engine.Backend.Device.Renderer}", panel.Theme.Ink);
        if (engine.Reason is { } reason)
            panel.Paragraph(reason, panel.Theme.Faint);
    }

    private void Row(string name, long count, string reason = "") =>
        panel.Row(name, count.ToString(CultureInfo.InvariantCulture), reason, count > 0 || reason.Length == 0 ? panel.Theme.Ink : panel.Theme.Faint);

    private static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:F1} ms");

    /// <summary>A bar for each frame: all of its time faint, what the window's thread worked in front.</summary>
    private void DrawGraph()
    {
        panel.Space(4);
        var place = SKRect.Create(panel.Margin, panel.Y, panel.Inner, GraphHeight * panel.Unit);
        using var paint = new SKPaint { Color = panel.Theme.Ground };
        panel.Canvas.DrawRect(place, paint);
        float width = place.Width / FrameTimes.Kept;
        for (int i = 0; i < times.Count; i++)
        {
            (float between, float busy) = times[i];
            float x = place.Right - (i + 1) * width;
            paint.Color = panel.Theme.Faint;
            Bar(x, between);
            paint.Color = panel.Theme.Accent;
            Bar(x, busy);
        }
        // A line for 60 frames a second.
        paint.Color = panel.Theme.Good;
        panel.Canvas.DrawRect(SKRect.Create(place.Left, place.Bottom - place.Height * 1000 / 60 / MostMilliseconds, place.Width, panel.Unit), paint);
        panel.Space(GraphHeight + 2);
        (float betweenMean, float busyMean) = times.Mean;
        panel.Line(times.Count == 0 ? "no frame yet" : string.Create(CultureInfo.InvariantCulture,
            $"{1000 / betweenMean:F1} fps: {betweenMean:F1} ms, {busyMean:F1} of work; line: 60 fps"), panel.Theme.Ink);

        void Bar(float x, float milliseconds)
        {
            float height = place.Height * Math.Min(1, milliseconds / MostMilliseconds);
            panel.Canvas.DrawRect(SKRect.Create(x, place.Bottom - height, Math.Max(1, width - 0.3f), height), paint);
        }
    }

    private void DrawStages()
    {
        if (engine.Compiled is not { } compiled)
            return;
        double most = 0;
        foreach (double milliseconds in compiled.StageMilliseconds)
            most = Math.Max(most, double.IsFinite(milliseconds) ? milliseconds : 0);
        for (int i = 0; i < compiled.Shapes.Count; i++)
        {
            double milliseconds = compiled.StageMilliseconds[i];
            bool isKnown = double.IsFinite(milliseconds);
            panel.Bar($"{i + 1}  {compiled.Pipeline.Stages[i].Title}", isKnown ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds:F2} ms") : "-",
                isKnown && most > 0 ? (float)(milliseconds / most) : 0, panel.Theme.Accent);
        }
        panel.Line($"on the {(engine.Backend.Name == BackendNames.Gpu ? "GPU, by its own timers" : "CPU")}", panel.Theme.Faint);
    }
}
