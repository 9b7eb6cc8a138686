using System.Numerics;
using LivePool.Gpu.Display;
using Silk.NET.OpenGL;
using SkiaSharp;

namespace LivePool.App.View.Panels;

/// <summary>The panel at the window's right edge: tabs, and the page that was chosen. It scrolls where a page is longer than it.</summary>
internal sealed class SidePanel : IDisposable
{
    private const int WidthUnits = 336;
    private const int LeastWidthBeside = 300;
    private const int MostTabsInRow = 4;
    private const int LeastTabUnits = 64;
    private const double LiveSeconds = 0.25;

    private readonly float _scale;
    private readonly Redraw _redraw;
    private readonly IPanelPage[] _pages;
    private readonly PanelCanvas _canvas;
    private readonly PanelLayer _layer;
    private bool? _wanted;
    private float _scroll;
    private float _contentHeight;
    private (int Width, int Height) _size;
    private int _left;
    private double _drawnAt;

    /// <param name="gl">The window's context.</param>
    /// <param name="canvas">What the pages draw on.</param>
    /// <param name="redraw">What has to be drawn anew.</param>
    /// <param name="pages">The pages, the first of which is shown first.</param>
    public SidePanel(GL gl, PanelCanvas canvas, Redraw redraw, params IPanelPage[] pages)
    {
        (_scale, _canvas, _redraw, _pages) = (canvas.Unit, canvas, redraw, pages);
        _layer = new(gl);
        Page = pages[0];
    }

    /// <summary>The page that is shown, if the panel is.</summary>
    public IPanelPage Page { get; private set; }

    /// <summary>All that the pointer acts on, and the panel's left edge in pixels.</summary>
    public (IReadOnlyList<PanelArea> Areas, int Left) Areas => _size.Width > 0 ? (_canvas.Areas, _left) : ([], 0);

    /// <summary>The panel's width; 0 where it is hidden. By itself it hides where it would leave too little of the pictures.</summary>
    public int WidthIn(int windowWidth)
    {
        int width = Math.Min((int)(WidthUnits * _scale), windowWidth);
        return _wanted ?? windowWidth - width >= LeastWidthBeside * _scale ? width : 0;
    }

    /// <summary>Whether it is to be seen.</summary>
    public bool IsShown => _size.Width > 0;

    /// <summary>Whether a page is to be seen.</summary>
    public bool Shows(IPanelPage page) => _size.Width > 0 && Page == page;

    /// <summary>Hides it, or shows it whatever that leaves of the pictures.</summary>
    public void Toggle() => _wanted = _size.Width == 0;

    /// <summary>Shows a page.</summary>
    public void Choose(IPanelPage page)
    {
        if (Page != page)
            _scroll = 0;
        Page = page;
        if (_size.Width == 0)
            _wanted = true;
        _redraw.All();
    }

    /// <summary>Shows a page, or the first one if it is shown already.</summary>
    public void ToggleTo(IPanelPage page) => Choose(Shows(page) ? _pages[0] : page);

    /// <summary>What is under a pixel of the framebuffer; null where that is nothing.</summary>
    public PanelArea? Find(Vector2 pixel) => Contains(pixel) ? _canvas.Find(pixel.X - _left, pixel.Y) : null;

    /// <summary>Whether a pixel is the panel's.</summary>
    public bool Contains(Vector2 pixel) => _size.Width > 0 && pixel.X >= _left;

    /// <summary>Where in an area a pixel is, from 0 at its left edge to 1 at its right one.</summary>
    public float ShareOf(in PanelArea area, Vector2 pixel) => Math.Clamp((pixel.X - _left - area.Place.Left) / area.Place.Width, 0, 1);

    /// <summary>Moves the page's content.</summary>
    public void Scroll(float steps)
    {
        _scroll = Math.Clamp(_scroll - steps * 40 * _scale, 0, Math.Max(0, _contentHeight - _size.Height));
        _redraw.All();
    }

    /// <summary>Draws it, anew only where something has changed.</summary>
    public void Draw(PlaneRenderer renderer, int windowWidth, int height, Theme theme, double now)
    {
        (int, int) size = (WidthIn(windowWidth), height);
        bool isDue = _redraw.TakePanel() || size != _size || Page.IsLive && now >= _drawnAt + LiveSeconds;
        _size = size;
        _left = windowWidth - _size.Width;
        _canvas.Page = _size.Width > 0 ? Page : null;
        if (_size.Width == 0)
            return;
        if (isDue)
        {
            _drawnAt = now;
            Fill(theme);
        }
        _layer.Draw(renderer, _left, 0);
    }

    private void Fill(Theme theme) => _layer.Update(_size.Width, _size.Height, canvas => Fill(canvas, theme));

    private void Fill(SKCanvas canvas, Theme theme)
    {
        float tall = 24 * _scale, gap = 6 * _scale;
        int tabs = Math.Clamp((int)((_size.Width - 2 * _canvas.Margin + gap) / (LeastTabUnits * _scale + gap)), 1, MostTabsInRow);
        int rows = (_pages.Length + tabs - 1) / tabs;
        float first = 10 * _scale, head = first + rows * (tall + gap) + 2 * _scale;
        _canvas.Begin(canvas, _size.Width, _size.Height, theme, head - _scroll);
        Page.Draw();
        _contentHeight = _canvas.Y + _scroll + 8 * _scale;
        _scroll = Math.Clamp(_scroll, 0, Math.Max(0, _contentHeight - _size.Height));

        using var ground = new SKPaint { Color = theme.Panel };
        canvas.DrawRect(SKRect.Create(0, 0, _size.Width, head), ground);
        // What has scrolled under the tabs is not there for the pointer.
        _canvas.Add(new("tabs", SKRect.Create(0, 0, _size.Width, head), null));
        float width = (_canvas.Inner - (tabs - 1) * gap) / tabs;
        for (int i = 0; i < _pages.Length; i++)
        {
            IPanelPage page = _pages[i];
            (int row, int column) = Math.DivRem(i, tabs);
            _canvas.Button(SKRect.Create(_canvas.Margin + column * (width + gap), first + row * (tall + gap), width, tall), page.Name, () => Choose(page), page == Page);
        }
    }

    public void Dispose() => _layer.Dispose();
}
