using LivePool.App.Drawing;
using LivePool.App.Recording;
using LivePool.Core;
using LivePool.Gpu.Display;
using Silk.NET.OpenGL;

namespace LivePool.App.View;

/// <summary>Screenshots, and recordings of what the window shows.</summary>
internal sealed class ScreenCapture(GL gl, Messages messages) : IDisposable
{
    private const double FramesPerSecond = 30;

    private readonly EndingRecordings _ending = new();
    private FrameRecorder? _recorder;
    private byte[] _bottomUp = [];
    private bool _wantsScreenshot;
    private bool _wantsPictures;

    /// <summary>Counts of the recording that goes on; null where none does.</summary>
    public (long Written, long Dropped)? Recording => _recorder is { } recorder ? (recorder.Written, recorder.Dropped) : null;

    /// <summary>Whether a recording that has ended is still being written.</summary>
    public bool IsEnding => _ending.IsBusy;

    /// <summary>Says what became of recordings that have ended.</summary>
    public void Update()
    {
        if (_ending.TakeMessage() is { } recorded)
            messages.Say(recorded);
    }

    /// <summary>Saves the next picture of the window.</summary>
    /// <param name="withOverlay">Whether with panel, messages and marks, or the pictures alone.</param>
    public void WantScreenshot(bool withOverlay)
    {
        if (withOverlay)
            _wantsScreenshot = true;
        else
            _wantsPictures = true;
    }

    /// <summary>Begins a recording, or ends the one that goes on.</summary>
    /// <param name="framesPerSecond">The source's rate; null where it has none.</param>
    public void ToggleRecording(double? framesPerSecond)
    {
        if (_recorder is not null)
        {
            StopRecording();
            return;
        }
        string target = RecordingFile.NameAt(DateTime.Now);
        try
        {
            _recorder = new(target, framesPerSecond ?? FramesPerSecond);
            messages.Say($"recording {Path.GetFullPath(target)}");
        }
        catch (LivePoolException e)
        {
            messages.Say($"not recording: {e.Message}");
        }
    }

    private void StopRecording()
    {
        _ending.End(_recorder!);
        _recorder = null;
    }

    /// <summary>The pictures are drawn, and nothing over them.</summary>
    public void OnPictures(PixelRectangle area, int height)
    {
        if (!_wantsPictures)
            return;
        _wantsPictures = false;
        Save(area, height);
    }

    /// <summary>All is drawn.</summary>
    public void OnWindow(int width, int height, bool isFrameNew)
    {
        if (_wantsScreenshot)
        {
            _wantsScreenshot = false;
            Save(new(0, 0, width, height), height);
        }
        if (!isFrameNew || _recorder is null)
            return;
        // The picture of a new frame, once.
        _recorder.Add(width, height, waits: false, rgb => Read(new(0, 0, width, height), height, rgb));
        if (_recorder.Failure is not null)
            StopRecording();
    }

    private void Save(PixelRectangle area, int height)
    {
        byte[] pixels = new byte[3 * area.Width * area.Height];
        Read(area, height, pixels);
        string path = $"{FileNames.At(DateTime.Now)}.png";
        try
        {
            PngFile.WriteRgb(path, area.Width, area.Height, pixels);
            messages.Say($"saved {Path.GetFullPath(path)}");
        }
        catch (LivePoolException e)
        {
            messages.Say($"not saved: {e.Message}");
        }
    }

    /// <summary>The window's pixels, [height, width, 3], top row first.</summary>
    private unsafe void Read(PixelRectangle area, int height, Span<byte> rgb)
    {
        if (_bottomUp.Length < rgb.Length)
            _bottomUp = new byte[rgb.Length];
        gl.PixelStore(PixelStoreParameter.PackAlignment, 1);
        fixed (byte* first = _bottomUp)
            gl.ReadPixels(area.X, height - area.Y - area.Height, (uint)area.Width, (uint)area.Height, PixelFormat.Rgb, PixelType.UnsignedByte, first);
        int row = 3 * area.Width;
        for (int y = 0; y < area.Height; y++)
            _bottomUp.AsSpan(row * (area.Height - 1 - y), row).CopyTo(rgb[(row * y)..]);
    }

    public void Dispose()
    {
        if (_recorder is not null)
            StopRecording();
        _ending.Dispose();
    }
}
