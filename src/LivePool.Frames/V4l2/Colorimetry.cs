namespace LivePool.Frames.V4l2;

/// <summary>
/// What a device says about its colours, as LivePool shows them. What it leaves open follows from the colour space by the header's
/// V4L2_MAP_YCBCR_ENC_DEFAULT and V4L2_MAP_QUANTIZATION_DEFAULT: BT.601 but for Rec. 709 and DCI-P3, and a limited range but for
/// JPEG. Only GREY without a word about its range has the full one: it is what a sensor gives, and other programs take it so.
/// </summary>
internal static class Colorimetry
{
    /// <param name="fourCc">The format.</param>
    /// <param name="colorspace">v4l2_colorspace.</param>
    /// <param name="encoding">v4l2_ycbcr_encoding.</param>
    /// <param name="quantization">v4l2_quantization.</param>
    public static YuvEncoding Of(uint fourCc, uint colorspace, uint encoding, uint quantization)
    {
        bool isBt709 = encoding switch
        {
            Videodev2.YcbcrEnc601 or Videodev2.YcbcrEncXv601 or Videodev2.YcbcrEncSycc => false,
            Videodev2.YcbcrEncDefault => colorspace is Videodev2.ColorspaceRec709 or Videodev2.ColorspaceDciP3
                or Videodev2.ColorspaceBt2020 or Videodev2.ColorspaceSmpte240m,
            // BT.2020 and SMPTE 240M are nearer to BT.709 than to BT.601.
            _ => true,
        };
        bool isLimited = quantization switch
        {
            Videodev2.QuantizationLimRange => true,
            Videodev2.QuantizationFullRange => false,
            _ => colorspace != Videodev2.ColorspaceJpeg && fourCc != Videodev2.PixFmtGrey,
        };
        return new(isBt709 ? YuvMatrix.Bt709 : YuvMatrix.Bt601, isLimited);
    }
}
