using LivePool.Core.Operators;

namespace LivePool.Cpu.Reference;

internal static class ReferenceConvTranspose2d
{
    /// <param name="spec">The weights.</param>
    /// <param name="p">The numbers.</param>
    /// <param name="x"><c>[N, Cin, H, W]</c>.</param>
    /// <param name="y"><c>[N, Cout, outH, outW]</c>.</param>
    public static void Evaluate(ConvTranspose2d spec, in ConvTranspose2dParameters p, ReadOnlySpan<double> x, Span<double> y)
    {
        int outputPlane = p.OutputHeight * p.OutputWidth;
        for (int plane = 0; plane < p.Batch * p.OutputChannels; plane++)
            y.Slice(plane * outputPlane, outputPlane).Fill(spec.Bias is null ? 0 : spec.Bias.Elements[plane % p.OutputChannels]);

        int source = 0;
        for (int n = 0; n < p.Batch; n++)
        {
            for (int ci = 0; ci < p.InputChannels; ci++)
            {
                int firstOutput = n * p.OutputChannels + ci / p.InputChannelsPerGroup * p.OutputChannelsPerGroup;
                for (int ih = 0; ih < p.InputHeight; ih++)
                {
                    for (int iw = 0; iw < p.InputWidth; iw++)
                        Scatter(spec.Weight.Elements, p, x[source++], ci, ih, iw, y[(firstOutput * outputPlane)..]);
                }
            }
        }
    }

    /// <summary>Adds one input element's multiple of the kernel to the planes of its group.</summary>
    private static void Scatter(
        ReadOnlySpan<float> weight, in ConvTranspose2dParameters p, double value, int ci, int ih, int iw, Span<double> y)
    {
        int tap = ci * p.OutputChannelsPerGroup * p.KernelHeight * p.KernelWidth;
        for (int co = 0; co < p.OutputChannelsPerGroup; co++)
        {
            for (int kh = 0; kh < p.KernelHeight; kh++)
            {
                int oh = ih * p.StrideHeight + kh * p.DilationHeight - p.PaddingTop;
                for (int kw = 0; kw < p.KernelWidth; kw++, tap++)
                {
                    int ow = iw * p.StrideWidth + kw * p.DilationWidth - p.PaddingLeft;
                    if (oh >= 0 && oh < p.OutputHeight && ow >= 0 && ow < p.OutputWidth)
                        y[(co * p.OutputHeight + oh) * p.OutputWidth + ow] += weight[tap] * value;
                }
            }
        }
    }
}
