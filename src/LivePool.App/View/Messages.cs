using System.Runtime.InteropServices;
using LivePool.App.Drawing;
using LivePool.Gpu.Display;
using Silk.NET.OpenGL;

namespace LivePool.App.View;

/// <summary>What the window has to say, in its lower left corner: for a few seconds, or for as long as it is so.</summary>
internal sealed class Messages(GL gl, float textSize, Redraw redraw) : IDisposable
{
    private const double Seconds = 4;

    private readonly TextLayer _layer = new(gl, textSize);
    private readonly List<string> _lines = [];
    private readonly List<string> _wrapped = [];
    private string? _message;
    private double _until;

    /// <summary>What is to be seen now.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Says something, which goes away by itself.</summary>
    public void Say(string message)
    {
        (_message, _until) = (message, double.NaN);
        redraw.All();
    }

    /// <summary>Collects what there is to say.</summary>
    /// <param name="now">The window's time, in seconds.</param>
    /// <param name="width">Pixels that a line may have.</param>
    /// <param name="lasting">What is said for as long as it is so; null for nothing.</param>
    public void Update(double now, int width, params ReadOnlySpan<string?> lasting)
    {
        // Its time begins when it is seen.
        if (_message is not null && double.IsNaN(_until))
            _until = now + Seconds;
        if (now >= _until)
            _message = null;
        _lines.Clear();
        foreach (string? line in lasting)
        {
            if (line is not null)
                _lines.Add(line);
        }
        if (_message is not null)
            _lines.Add(_message);
        _wrapped.Clear();
        foreach (string line in _lines)
            _wrapped.AddRange(TextPainter.Shared.Wrap(line, width, textSize));
    }

    /// <summary>Pixels from top to bottom.</summary>
    public int Height => _layer.Height;

    public void Draw(PlaneRenderer renderer, int gap, int height)
    {
        _layer.Update(CollectionsMarshal.AsSpan(_wrapped));
        _layer.Draw(renderer, gap, height - gap - _layer.Height);
    }

    public void Dispose() => _layer.Dispose();
}
