using LivePool.Core.Backends;

namespace LivePool.Frames;

/// <summary>How much red and blue are in luma.</summary>
public enum YuvMatrix
{
    /// <summary>ITU-R BT.601: Kr 0.299, Kb 0.114.</summary>
    Bt601,

    /// <summary>ITU-R BT.709: Kr 0.2126, Kb 0.0722.</summary>
    Bt709,
}

/// <summary>What luma and chroma mean: of Yuyv and Nv12 frames, and, its range only, of Gray8 ones.</summary>
/// <param name="Matrix">How much red and blue are in luma.</param>
/// <param name="IsLimited">Whether luma is from 16 to 235 and chroma from 16 to 240; else both are from 0 to 255.</param>
public readonly record struct YuvEncoding(YuvMatrix Matrix, bool IsLimited)
{
    /// <summary>Whole numbers instead of fractions: a coefficient is its value times 65536, rounded.</summary>
    public const int One = 65536;

    private double Red => Matrix == YuvMatrix.Bt601 ? 0.299 : 0.2126;

    private double Blue => Matrix == YuvMatrix.Bt601 ? 0.114 : 0.0722;

    private double Green => 1 - Red - Blue;

    private double ChromaScale => IsLimited ? 255.0 / 224 : 1;

    /// <summary>What black's luma is.</summary>
    public int Black => IsLimited ? 16 : 0;

    /// <summary>Of luma less <see cref="Black"/>: 255/219 where it is limited, else 1.</summary>
    public int Luma => Fixed(IsLimited ? 255.0 / 219 : 1);

    /// <summary>Of Cr less 128, in red: 2 (1 - Kr), times 255/224 where it is limited.</summary>
    public int CrInRed => Fixed(2 * (1 - Red) * ChromaScale);

    /// <summary>Of Cb less 128, in green: -2 (1 - Kb) Kb / Kg, times 255/224 where it is limited.</summary>
    public int CbInGreen => -Fixed(2 * (1 - Blue) * Blue / Green * ChromaScale);

    /// <summary>Of Cr less 128, in green: -2 (1 - Kr) Kr / Kg, times 255/224 where it is limited.</summary>
    public int CrInGreen => -Fixed(2 * (1 - Red) * Red / Green * ChromaScale);

    /// <summary>Of Cb less 128, in blue: 2 (1 - Kb), times 255/224 where it is limited.</summary>
    public int CbInBlue => Fixed(2 * (1 - Blue) * ChromaScale);

    /// <summary>The numbers above, for a backend.</summary>
    /// <param name="hasChroma">Whether there is chroma; what is taken for it else counts nothing.</param>
    public LumaWeights Weights(bool hasChroma) =>
        hasChroma ? new(Black, Luma, CrInRed, CbInGreen, CrInGreen, CbInBlue) : new(Black, Luma, 0, 0, 0, 0);

    private static int Fixed(double value) => (int)Math.Round(value * One);
}
