using System.Globalization;
using System.Runtime.InteropServices;
using LivePool.App.Checks;
using LivePool.Core;
using LivePool.Verification;
using Silk.NET.OpenGL;

namespace LivePool.App.View;

/// <summary>Checks what is shown against the exact result while frames go on, and says what it found in the lower right corner.</summary>
internal sealed class Verifier(GL gl, float contentScale, Engine engine, Picture picture, Redraw redraw, Messages messages) : IDisposable
{
    private const float TextSize = 13;

    private readonly LiveCheck _check = new(".");
    private readonly TextLayer _badge = new(gl, TextSize * contentScale);
    private readonly List<string> _lines = [];
    private bool _awaitsFrame;
    private int _checked;
    private double _countedSince;

    public bool IsOn => _check.IsOn;

    /// <summary>Whether the worst stage's errors are shown instead of its values.</summary>
    public bool ShowsHeat { get; private set; }

    /// <summary>What the last check found; null before the first.</summary>
    public LiveReport? Report { get; private set; }

    /// <summary>Checks per second, counted anew with every <see cref="Count"/>.</summary>
    public double PerSecond { get; private set; }

    /// <summary>Begins or ends it.</summary>
    public void Toggle()
    {
        if (_check.IsOn)
            Stop();
        else
            _check.Start(engine.Backend);
        ShowsHeat = false;
        engine.Invalidate();
    }

    /// <summary>Shows the worst stage's errors, or its values again.</summary>
    public void ToggleHeat()
    {
        ShowsHeat = !ShowsHeat;
        if (ShowsHeat && !_check.IsOn)
            _check.Start(engine.Backend);
        // A report that is there is shown as if it were new.
        if (ShowsHeat)
            Report = null;
        else
            picture.HideHeat();
        engine.Invalidate();
    }

    /// <summary>Changes what is checked and shown: lets go of it before it is disposed of, and goes on with what comes.</summary>
    public void Around(Action change)
    {
        bool goesOn = _check.IsOn;
        Stop();
        change();
        if (goesOn)
            _check.Start(engine.Backend);
        engine.Invalidate();
        redraw.All();
    }

    private void Stop()
    {
        _check.Stop();
        Report = null;
        picture.Forget();
    }

    /// <summary>A new frame was run.</summary>
    public void NoteFrame() => _awaitsFrame = engine.Compiled is not null;

    /// <summary>Hands what is shown to the check when it has time, and takes over what it found.</summary>
    public void Update(double now)
    {
        if (!_check.IsOn)
            return;
        try
        {
            _check.Poll(engine.Compiled);
            if (_awaitsFrame && engine.Compiled is { } compiled && _check.Offer(compiled, engine.Input, now))
                _awaitsFrame = false;
        }
        catch (LivePoolException e) when (e is not BackendUnavailableException)
        {
            Stop();
            engine.Invalidate();
            messages.Say($"not verified: {e.Message}");
            return;
        }
        LiveReport? latest = _check.Latest;
        if (ReferenceEquals(latest, Report))
            return;
        Report = latest;
        redraw.Window();
        _checked++;
        if (ShowsHeat && latest is { Heat.Length: > 0 })
            picture.ShowHeat(latest);
    }

    /// <summary>Counts the checks of the last while.</summary>
    public void Count(double now)
    {
        if (_countedSince > 0)
            PerSecond = _checked / (now - _countedSince);
        (_checked, _countedSince) = (0, now);
    }

    /// <summary>The verdict in a title's words; empty where nothing is checked.</summary>
    public string Verdict => !_check.IsOn ? ""
        : Report is not { } report ? " - verifying"
        : report.Passed ? string.Create(CultureInfo.InvariantCulture,
            $" - verified, {100 * report.Reports.Max(stage => stage.WorstShare):F1}% of the bound{(PerSecond > 0 ? $", {PerSecond:F1}/s" : "")}")
        : " - NOT VERIFIED";

    /// <summary>Words the badge anew.</summary>
    public void Compose()
    {
        _lines.Clear();
        if (!_check.IsOn)
            return;
        if (Report is not { } report)
        {
            _lines.Add("verifying ...");
            return;
        }
        if (report.Failure is not null)
            _lines.Add(report.Failure);
        foreach (ComparisonReport stage in report.Reports)
        {
            _lines.Add(!stage.IsKnown ? $"{stage.Operator}: claims to be no operator"
                : !stage.Passed ? $"{stage.Operator} FAILED: {FirstWrong(stage)}"
                : stage.WorstShare == 0 ? $"{stage.Operator}: equal"
                : string.Create(CultureInfo.InvariantCulture, $"{stage.Operator}: at worst {100 * stage.WorstShare:F1}% of its bound"));
        }
        if (report.SavedCase is not null)
            _lines.Add($"saved {report.SavedCase}");
    }

    private static string FirstWrong(ComparisonReport stage) =>
        stage.Failures == 0 ? $"{stage.FirstWrongIndex}" : $"{stage.Failures} of {stage.Compared}, worst at {stage.Worst}";

    /// <summary>Draws the badge, in the colour of the last verdict.</summary>
    public void Draw(int gap, int width, int height)
    {
        _badge.Update(CollectionsMarshal.AsSpan(_lines));
        if (_badge.Height == 0)
            return;
        (int x, int y) = (width - gap - _badge.Width, height - gap - _badge.Height);
        int border = (int)(4 * contentScale);
        picture.Fill(new(x - border, y - border, _badge.Width + 2 * border, _badge.Height + 2 * border),
            Report?.Passed switch { true => picture.Theme.Good, false => picture.Theme.Bad, null => picture.Theme.Faint });
        _badge.Draw(picture.Renderer, x, y);
    }

    public void Dispose()
    {
        _check.Dispose();
        _badge.Dispose();
    }
}
