namespace LivePool.Cpu.Simd;

/// <summary>A rectangle of sums, what they are made of, and where what becomes of them goes.</summary>
internal unsafe struct ConvBlock
{
    /// <summary>The first tap of the first sum.</summary>
    public float* Source;

    /// <summary>Elements from the source of one row of sums to that of the next but one.</summary>
    public long TwoRows;

    /// <summary>The taps of two rows.</summary>
    public ConvTaps Pair;

    /// <summary>The taps of a last row without a second.</summary>
    public ConvTaps Single;

    /// <summary>The weights of all channels: those of two side by side, where two run together.</summary>
    public float* Weights;

    /// <summary>The biases of all channels.</summary>
    public float* Bias;

    public int FirstChannel;
    public int Channels;
    public int Rows;
    public int Columns;

    /// <summary>The first channel's first result.</summary>
    public float* Target;

    /// <summary>Elements from one row of results to the next.</summary>
    public int RowLength;

    /// <summary>Elements from one channel of results to the next.</summary>
    public nint PlaneLength;

    /// <summary>Scratch memory for two rows of a tile of two channels.</summary>
    public float* Staging;
}

/// <summary>Takes the rows of a block in tiles: two rows and as many vectors as registers hold at a time.</summary>
internal static unsafe class ConvRows<TVector> where TVector : struct, IVector<TVector>
{
    /// <summary>Columns of sums that are computed together at least; a source row has them, or memory behind it.</summary>
    public static int TileWidth => 2 * TVector.Count;

    /// <summary>Elements of <see cref="ConvBlock.Staging"/>.</summary>
    public static int StagingLength => 4 * TileWidth;

    public static void Run<TEpilogue>(ConvBlock block) where TEpilogue : struct, IConvEpilogue
    {
        float* source = block.Source;
        float* target = block.Target;
        for (int y = 0; y < block.Rows; y += 2)
        {
            bool isPair = y + 1 < block.Rows;
            RunRow<TEpilogue>(&block, isPair ? &block.Pair : &block.Single, source, target, isPair ? block.RowLength : 0);
            source += block.TwoRows;
            target += 2 / TEpilogue.Columns * (long)block.RowLength;
        }
    }

    /// <summary>One pair of rows, or one row that <paramref name="taps"/> take for both.</summary>
    /// <param name="b">The block that the rows are of.</param>
    /// <param name="taps">Its pair's or its single row's.</param>
    /// <param name="source">The first tap of the first sum.</param>
    /// <param name="target">The first channel's first result.</param>
    /// <param name="secondRow">Elements from the upper row's results to the lower row's; 0 for one row.</param>
    public static void RunRow<TEpilogue>(ConvBlock* b, ConvTaps* taps, float* source, float* target, nint secondRow)
        where TEpilogue : struct, IConvEpilogue
    {
        if (b->Columns < TileWidth)
        {
            RunNarrow<TEpilogue>(b, taps, source, target, secondRow);
            return;
        }
        int x = 0;
        for (; x + 2 * TileWidth <= b->Columns; x += 2 * TileWidth)
            RunTile<TEpilogue>(b, taps, source + x, target + x / TEpilogue.Columns, secondRow, b->PlaneLength, isWide: true);
        for (; x + TileWidth <= b->Columns; x += TileWidth)
            RunTile<TEpilogue>(b, taps, source + x, target + x / TEpilogue.Columns, secondRow, b->PlaneLength, isWide: false);
        if (x < b->Columns)
        {
            // The last one overlaps its neighbour.
            x = b->Columns - TileWidth;
            RunTile<TEpilogue>(b, taps, source + x, target + x / TEpilogue.Columns, secondRow, b->PlaneLength, isWide: false);
        }
    }

    /// <summary>All channels of two rows of one tile.</summary>
    private static void RunTile<TEpilogue>(
        ConvBlock* b, ConvTaps* taps, float* source, float* target, nint secondRow, nint planeLength, bool isWide)
        where TEpilogue : struct, IConvEpilogue
    {
        int pairs = b->Channels / 2;
        long length = (long)taps->Channels * taps->Count;
        float* weights = b->Weights + b->FirstChannel * length;
        float* bias = b->Bias + b->FirstChannel;
        if (isWide && TVector.HasManyRegisters)
        {
            ConvTile<TVector, TEpilogue>.TwoChannelsWide(source, taps, weights, bias, target, secondRow, planeLength, pairs);
        }
        else
        {
            ConvTile<TVector, TEpilogue>.TwoChannels(source, taps, weights, bias, target, secondRow, planeLength, pairs);
            if (isWide)
            {
                ConvTile<TVector, TEpilogue>.TwoChannels(
                    source + TileWidth, taps, weights, bias, target + TileWidth / TEpilogue.Columns, secondRow, planeLength, pairs);
            }
        }
        if (b->Channels % 2 == 0)
            return;
        weights += 2 * pairs * length;
        bias += 2 * pairs;
        target += 2 * pairs * planeLength;
        if (isWide)
            ConvTile<TVector, TEpilogue>.OneChannelWide(source, taps, weights, bias, target, secondRow);
        else
            ConvTile<TVector, TEpilogue>.OneChannel(source, taps, weights, bias, target, secondRow);
    }

    /// <summary>A row that is narrower than a tile: whole tiles go to scratch memory, and from there what belongs to the row.</summary>
    private static void RunNarrow<TEpilogue>(ConvBlock* b, ConvTaps* taps, float* source, float* target, nint secondRow)
        where TEpilogue : struct, IConvEpilogue
    {
        ConvBlock one = *b;
        int results = b->Columns / TEpilogue.Columns;
        int rows = TEpilogue.Columns == 1 && secondRow > 0 ? 2 : 1;
        for (int c = 0; c < b->Channels; c += 2)
        {
            one.FirstChannel = b->FirstChannel + c;
            one.Channels = Math.Min(2, b->Channels - c);
            RunTile<TEpilogue>(&one, taps, source, b->Staging, TileWidth, 2 * TileWidth, isWide: false);
            for (int i = 0; i < one.Channels; i++)
            {
                for (int y = 0; y < rows; y++)
                {
                    new ReadOnlySpan<float>(b->Staging + (2 * i + y) * TileWidth, results)
                        .CopyTo(new(target + (c + i) * b->PlaneLength + y * secondRow, results));
                }
            }
        }
    }
}
