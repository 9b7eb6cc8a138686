using LivePool.Core.Operators;

namespace LivePool.Verification.Explanations;

/// <summary>A pool's window at one output element: its place, and its taps row by row.</summary>
internal readonly struct PoolWindow
{
    private readonly Pool2dParameters _p;

    public PoolWindow(in Pool2dParameters p, ElementPlace at)
    {
        _p = p;
        At = at;
        Top = at.H * p.StrideHeight - p.PaddingTop;
        Left = at.W * p.StrideWidth - p.PaddingLeft;
        Bottom = Top + (p.KernelHeight - 1) * p.DilationHeight + 1;
        Right = Left + (p.KernelWidth - 1) * p.DilationWidth + 1;
    }

    public ElementPlace At { get; }

    public int Top { get; }

    public int Left { get; }

    /// <summary>The row after the last tap's.</summary>
    public int Bottom { get; }

    /// <summary>The column after the last tap's.</summary>
    public int Right { get; }

    /// <summary>The rows and columns of the window that lie within the padded input.</summary>
    public Size2d Padded => new(
        Math.Min(Bottom, _p.InputHeight + _p.PaddingBottom) - Top, Math.Min(Right, _p.InputWidth + _p.PaddingRight) - Left);

    /// <summary>The rows and columns of the window that lie on the input.</summary>
    public Size2d Clipped => new(
        Math.Min(Bottom, _p.InputHeight) - Math.Max(Top, 0), Math.Min(Right, _p.InputWidth) - Math.Max(Left, 0));

    /// <summary><c>sees rows 3 to 4, columns -1 to 1</c>.</summary>
    public string Sees => $"sees {Explainer.Range("row", Top, Bottom)}, {Explainer.Range("column", Left, Right)}";

    /// <param name="plane"><c>[H, W]</c>.</param>
    /// <param name="padding">The value of a tap on the padding.</param>
    /// <param name="paddingNote">What to say of a tap on the padding.</param>
    /// <param name="beyondNote">What to say of one beyond it.</param>
    public Tap[] Taps(ReadOnlySpan<float> plane, double? padding, string paddingNote, string beyondNote)
    {
        var taps = new Tap[checked(_p.KernelHeight * _p.KernelWidth)];
        int i = 0;
        for (int row = Top; row < Bottom; row += _p.DilationHeight)
        {
            for (int column = Left; column < Right; column += _p.DilationWidth)
            {
                bool isInside = row >= 0 && row < _p.InputHeight && column >= 0 && column < _p.InputWidth;
                bool isBeyond = row >= _p.InputHeight + _p.PaddingBottom || column >= _p.InputWidth + _p.PaddingRight;
                taps[i++] = isInside ? new(TapPlace.Inside, At.C, row, column, plane[row * _p.InputWidth + column])
                    : isBeyond ? new(TapPlace.Beyond, At.C, row, column, null) { Note = beyondNote }
                    : new(TapPlace.Padding, At.C, row, column, padding) { Note = paddingNote };
            }
        }
        return taps;
    }
}
