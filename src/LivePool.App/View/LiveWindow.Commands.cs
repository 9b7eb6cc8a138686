using LivePool.App.Drawing;
using LivePool.App.View.Comparing;
using LivePool.App.View.Input;
using LivePool.Core;
using LivePool.Core.Backends;
using Silk.NET.Input;

namespace LivePool.App.View;

// What keys and the list of commands do.
internal sealed partial class LiveWindow
{
    private List<WindowCommand> CreateCommands()
    {
        bool IsPinned() => _inspector.Pinned is not null && !_sliding.IsOn && _picture.Stages.Compiled is not null;
        return
        [
            new("All commands and keys", [new(Key.F1), new(Key.H)], () => _palette.Open()),
            new("End the sliding window", [new(Key.Escape), new(Key.A)], _sliding.Stop, () => _sliding.IsOn),
            new("Let the pixel go", [new(Key.Escape)], _inspector.Release, () => _inspector.Pinned is not null),
            new("End the comparison", [new(Key.Escape)], () => _comparison.Choose(CompareMode.Off), () => _comparison.Mode != CompareMode.Off),
            new("Show all channels", [new(Key.Escape)], Enlarge, () => _picture.Enlarged is not null),
            new("Quit", [new(Key.Escape)], _window.Close),
            new("Play or stop the sliding window", [new(Key.Space)], _sliding.TogglePlaying, () => _sliding.IsOn),
            new("Pause, or go on", [new(Key.Space)], Pause),
            new("5 s back", [new(Key.Left)], () => _feed.Skip(TimeSpan.FromSeconds(-5)), () => !IsPinned()),
            new("5 s on", [new(Key.Right)], () => _feed.Skip(TimeSpan.FromSeconds(5)), () => !IsPinned()),
            new("Pixel to the left", [new(Key.Left)], () => MoveBy(-1, 0), IsPinned),
            new("Pixel to the right", [new(Key.Right)], () => MoveBy(1, 0), IsPinned),
            new("Pixel up", [new(Key.Up)], () => MoveBy(0, -1), IsPinned),
            new("Pixel down", [new(Key.Down)], () => MoveBy(0, 1), IsPinned),
            new("Next backend: gpu, simd, reference", [new(Key.B)], NextBackend),
            new("Next preset", [new(Key.P)], NextPreset),
            new("Verify against the exact result", [new(Key.V)], _verifier.Toggle),
            new("Show where the worst stage is off", [new(Key.D)], _verifier.ToggleHeat),
            new("One channel alone, or all", [new(Key.Enter)], Enlarge),
            new("All of the picture", [new(Key.Home)], _picture.Viewport.Reset),
            new("Signed colours, or grey", [new(Key.C)], () => _picture.IsSigned = !_picture.IsSigned),
            new("Red, green and blue as one picture, or apart", [new(Key.Q)], _picture.ToggleColour),
            new("Range of values fixed, or each picture's own", [new(Key.G)], _picture.ToggleFixedRange),
            new("Light or dark", [new(Key.L)], _picture.NextTheme),
            new("Numbers in the pixels", [new(Key.N)], () => _showsNumbers = !_showsNumbers),
            new("Side panel", [new(Key.I)], _panel.Toggle),
            new("Edit the kernel", [new(Key.K)], () => _panel.ToggleTo(_kernels)),
            new("Edit the pipeline", [new(Key.O)], () => _panel.ToggleTo(_stages)),
            new("What pooling does", [new(Key.W)], () => _panel.ToggleTo(_pooling)),
            new("Values of each stage: histogram, NaN, infinities", [new(Key.M)], () => _panel.ToggleTo(_values)),
            new("Times and counts of the stream", [new(Key.T)], () => _panel.ToggleTo(_stream)),
            new("Compare backends, or before and after a pool", [new(Key.X)], () => _panel.ToggleTo(_compare)),
            .. _shaders.CreateCommands(_panel, () => _frame),
            new("Compare: side by side", [], () => Compare(CompareMode.Split)),
            new("Compare: wipe", [], () => Compare(CompareMode.Wipe)),
            new("Compare: difference", [], () => Compare(CompareMode.Difference)),
            new("Slide the window over the input", [new(Key.A)], _sliding.Start, () => !_sliding.IsOn),
            new("Sliding window: a step back", [new(Key.Comma)], () => _sliding.Step(-1), () => _sliding.IsOn),
            new("Sliding window: a step on", [new(Key.Period)], () => _sliding.Step(1), () => _sliding.IsOn),
            new("Undo what was edited", [new(Key.Z, Control: true)], _edits.Undo),
            new("Redo it", [new(Key.Y, Control: true)], _edits.Redo),
            new("Save the pipeline", [new(Key.S, Control: true)], _files.Save),
            new("Copy the pipeline as PyTorch code", [], _files.CopyPyTorch),
            new("Copy the pipeline as JSON", [], _files.CopyJson),
            new("Copy the command line", [], _files.CopyCommand),
            new("Screenshot of the window", [new(Key.S)], () => _capture.WantScreenshot(withOverlay: true)),
            new("Screenshot of the pictures alone", [new(Key.S, Shift: true)], () => _capture.WantScreenshot(withOverlay: false)),
            new("Figure: input and last stage side by side, on white", [new(Key.F)], SaveFigure, () => _engine.Compiled is not null),
            new("Record, or end the recording", [new(Key.R)], () => _capture.ToggleRecording(_feed.FramesPerSecond)),
        ];
    }

    private void Pause()
    {
        _feed.IsPaused = !_feed.IsPaused;
        _messages.Say(_feed.IsPaused ? "paused" : "going on");
    }

    private void NextBackend()
    {
        string? passedOver = null;
        _verifier.Around(() => passedOver = _engine.NextBackend());
        _messages.Say($"{_engine.Backend.Name}: {_engine.Backend.Device.Renderer}{(passedOver is null ? "" : $" ({passedOver})")}");
    }

    private void NextPreset()
    {
        _edits.Choose(_engine.NextPipeline());
        _messages.Say(_engine.Pipeline.Name);
    }

    private void SaveFigure()
    {
        ICompiledPipeline compiled = _engine.Compiled!;
        string path = $"{FileNames.At(DateTime.Now)}-figure.png";
        try
        {
            float[] output = compiled.Output(compiled.Shapes.Count - 1).ToArray();
            Figure.Save(path, RunFigure.Of(_frame, compiled, _engine.Input.ToArray(), output, $"{_engine.Backend.Name}: {_engine.Backend.Device.Renderer}"));
            _messages.Say($"saved {Path.GetFullPath(path)}");
        }
        catch (LivePoolException e)
        {
            _messages.Say($"not saved: {e.Message}");
        }
    }

    private void MoveBy(int columns, int rows) => _inspector.MoveBy(columns, rows, _picture.Stages.Shape(_inspector.Pinned!.Value.Stage));

    /// <summary>Shows one channel alone, that of the element that is looked at, or all again.</summary>
    private void Enlarge() => _picture.Enlarged =
        _picture.Enlarged is null && _inspector.At is { Stage: >= 0 } at ? (at.Stage, at.Channel) : null;

    private void Compare(CompareMode mode)
    {
        _compare.Choose(mode);
        _panel.Choose(_compare);
    }
}
