using System.Globalization;
using System.Runtime.InteropServices;
using LivePool.App.Drawing;
using LivePool.App.View.Panels;
using LivePool.Core.Tensors;
using LivePool.Gpu.Display;
using Silk.NET.OpenGL;
using SkiaSharp;

namespace LivePool.App.View;

/// <summary>The numbers of elements that are shown large enough to hold one, from what the backend computed.</summary>
internal sealed class CellNumbers(GL gl, float contentScale) : IDisposable
{
    private const int LeastCell = 28;
    private const float TextSize = 10;

    /// <summary>While frames come, so often: numbers that change faster cannot be read.</summary>
    private const double IntervalSeconds = 0.2;

    private readonly PanelLayer _layer = new(gl);
    private readonly TextPainter _painter = TextPainter.Shared;
    private readonly List<Tile> _shown = [];
    private bool _isShownSigned;
    private PixelRectangle _area;
    private bool _isStale;
    private bool _isEmpty = true;
    private double _due;

    /// <summary>A new frame is shown: the numbers were the former's.</summary>
    public void NoteFrame() => _isStale = true;

    /// <summary>Writes the numbers where they are others than before, and draws them.</summary>
    public void Draw(Picture picture, PixelRectangle area, double now)
    {
        if (picture.Stages.Compiled is null || area.Width < 1 || !HasLargeCells(picture))
        {
            _isEmpty = true;
            return;
        }
        bool isOther = _area != area || _isShownSigned != picture.IsSigned || !picture.Tiles.SequenceEqual(CollectionsMarshal.AsSpan(_shown));
        if (_isEmpty || isOther || _isStale && now >= _due)
        {
            _shown.Clear();
            _shown.AddRange(picture.Tiles);
            (_isEmpty, _isStale, _area, _isShownSigned, _due) = (false, false, area, picture.IsSigned, now + IntervalSeconds);
            Write(picture);
        }
        _layer.Draw(picture.Renderer, area.X, area.Y);
    }

    private void Write(Picture picture) => _layer.Update(_area.Width, _area.Height, canvas => Write(canvas, picture));

    private bool HasLargeCells(Picture picture)
    {
        foreach (Tile tile in picture.Tiles)
        {
            if (HasRoom(picture, tile))
                return true;
        }
        return false;
    }

    /// <summary>Whether a number fits into an element; where one is red, green and blue, none is written.</summary>
    private bool HasRoom(Picture picture, in Tile tile) =>
        tile.Content != TileContent.Colour && CellWidth(picture, tile) >= LeastCell * contentScale;

    private static double CellWidth(Picture picture, in Tile tile) => (double)tile.Whole.Width / picture.Stages.Shape(tile.Stage).W;

    private void Write(SKCanvas canvas, Picture picture)
    {
        canvas.Clear(SKColors.Transparent);
        foreach (Tile tile in picture.Tiles)
        {
            if (HasRoom(picture, tile))
                Write(canvas, picture, tile);
        }
    }

    private void Write(SKCanvas canvas, Picture picture, in Tile tile)
    {
        TensorShape shape = picture.Stages.Shape(tile.Stage);
        ReadOnlySpan<float> values = tile.Content != TileContent.Live ? [] : tile.Stage < 0 ? picture.Stages.Input : picture.Stages.Compiled!.Output(tile.Stage);
        PlaneRange range = picture.ShownRange(tile);
        canvas.Save();
        canvas.ClipRect(SKRect.Create(tile.Place.X - _area.X, tile.Place.Y - _area.Y, tile.Place.Width, tile.Place.Height));
        (int firstRow, int lastRow) = Seen(tile.Place.Y - tile.Whole.Y, tile.Place.Height, tile.Whole.Height, shape.H);
        (int firstColumn, int lastColumn) = Seen(tile.Place.X - tile.Whole.X, tile.Place.Width, tile.Whole.Width, shape.W);
        for (int row = firstRow; row <= lastRow; row++)
        {
            for (int column = firstColumn; column <= lastColumn; column++)
            {
                int index = row * shape.W + column;
                float value = tile.Content == TileContent.Live ? values[tile.Channel * shape.PlaneSize + index] : picture.Comparison.Element(tile.Content, index);
                bool isBright = tile.Content == TileContent.Difference ? picture.Comparison.Planes!.Heat[index] > 0.5f : IsBright(value, range, picture.IsSigned && tile.ColoursOf >= 0);
                Write(canvas, picture.PlaceOf(tile, row, column), value, isBright);
            }
        }
        canvas.Restore();
    }

    /// <summary>The first and the last element of which a part is seen.</summary>
    private static (int First, int Last) Seen(int offset, int length, int whole, int count) =>
        ((int)((long)offset * count / whole), (int)Math.Min(count - 1, ((long)offset + length - 1) * count / whole));

    private static bool IsBright(float value, PlaneRange range, bool isSigned)
    {
        float share = (value - range.Min) / (range.Max - range.Min);
        return float.IsNaN(value) || (isSigned ? Math.Abs(2 * share - 1) > 0.6f : share > 0.5f);
    }

    private void Write(SKCanvas canvas, PixelRectangle cell, float value, bool isOnBright)
    {
        string text = Text(value);
        float size = TextSize * contentScale, width = _painter.Measure(text, size);
        if (width > cell.Width - 2)
            (size, width) = (size * (cell.Width - 2) / width, cell.Width - 2);
        float x = cell.X - _area.X + (cell.Width - width) / 2, baseline = cell.Y - _area.Y + (cell.Height + _painter.CapitalHeight(size)) / 2;
        _painter.Draw(canvas, text, x, baseline, new TextStyle(size, isOnBright ? SKColors.Black : SKColors.White));
    }

    /// <summary>At most some six signs; the panel has every digit.</summary>
    public static string Text(double value) => Math.Abs(value) is >= 1e5 or (> 0 and < 1e-3)
        ? value.ToString("0.#e0", CultureInfo.InvariantCulture)
        : value.ToString(Math.Abs(value) switch { >= 1000 => "0", >= 10 => "0.#", >= 1 => "0.##", _ => "0.###" }, CultureInfo.InvariantCulture);

    public void Dispose() => _layer.Dispose();
}
