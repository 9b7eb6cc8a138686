using LivePool.Core.Operators;

namespace LivePool.Cpu.Simd;

/// <summary>
/// Where the taps of two output rows lie. The first <see cref="Apart"/> of the upper row's taps are on input rows that the
/// lower row does not reach, the others are the lower row's as well, and then the lower row has <see cref="Apart"/> of its own.
/// </summary>
internal unsafe struct ConvTaps
{
    /// <summary>Input channels.</summary>
    public int Channels;

    /// <summary>Bytes from one input channel to the next.</summary>
    public long PlaneBytes;

    /// <summary>Taps of one output and one input channel.</summary>
    public int Count;

    /// <summary>Taps that each of the two rows has for itself.</summary>
    public int Apart;

    /// <summary>The taps' places in bytes from the upper row's first: <see cref="Count"/> + <see cref="Apart"/> of them.</summary>
    public long* Offsets;

    /// <param name="p">The convolution.</param>
    /// <param name="offsets">What <see cref="CreateOffsets"/> made for it.</param>
    /// <param name="planeLength">Elements from one input channel to the next.</param>
    public static ConvTaps Create(in Conv2dParameters p, NativeBuffer<long> offsets, long planeLength) => new()
    {
        Channels = p.InputChannelsPerGroup,
        PlaneBytes = planeLength * sizeof(float),
        Count = p.KernelHeight * p.KernelWidth,
        Apart = RowsApart(p) * p.KernelWidth,
        Offsets = offsets.Pointer,
    };

    /// <summary>The taps that two neighbouring rows share begin this many below the upper row's.</summary>
    private static int RowsApart(in Conv2dParameters p) => p.StrideHeight % p.DilationHeight == 0
        ? Math.Min(p.StrideHeight / p.DilationHeight, p.KernelHeight)
        : p.KernelHeight;

    /// <summary>The offsets of two rows' taps.</summary>
    /// <param name="p">The convolution.</param>
    /// <param name="rowLength">Elements from one input row to the next.</param>
    /// <param name="columnOffset">Where a position of an input row is, counted from the window's first.</param>
    public static NativeBuffer<long> CreateOffsets(in Conv2dParameters p, long rowLength, Func<int, int> columnOffset)
    {
        int rowsApart = RowsApart(p);
        var offsets = new NativeBuffer<long>((Int128)(p.KernelHeight + rowsApart) * p.KernelWidth);
        int i = 0;
        for (int kh = 0; kh < p.KernelHeight; kh++)
            AddRow((long)kh * p.DilationHeight, p.KernelWidth, p.DilationWidth);
        for (int kh = p.KernelHeight - rowsApart; kh < p.KernelHeight; kh++)
            AddRow(p.StrideHeight + (long)kh * p.DilationHeight, p.KernelWidth, p.DilationWidth);
        return offsets;

        void AddRow(long row, int kernelWidth, int dilationWidth)
        {
            for (int kw = 0; kw < kernelWidth; kw++)
                offsets.Span[i++] = (row * rowLength + columnOffset(kw * dilationWidth)) * sizeof(float);
        }
    }
}
