using LivePool.Core.Operators;

namespace LivePool.Cpu.Reference;

internal static class ReferenceConv2d
{
    /// <param name="spec">The weights.</param>
    /// <param name="p">The numbers.</param>
    /// <param name="x"><c>[N, Cin, H, W]</c>.</param>
    /// <param name="y"><c>[N, Cout, outH, outW]</c>.</param>
    public static void Evaluate(Conv2d spec, in Conv2dParameters p, ReadOnlySpan<double> x, Span<double> y)
    {
        ReadOnlySpan<float> weight = spec.Weight.Elements;
        ReadOnlySpan<float> bias = spec.Bias is null ? default : spec.Bias.Elements;
        int target = 0;
        for (int n = 0; n < p.Batch; n++)
        {
            for (int co = 0; co < p.OutputChannels; co++)
            {
                int firstChannel = co / p.OutputChannelsPerGroup * p.InputChannelsPerGroup;
                for (int oh = 0; oh < p.OutputHeight; oh++)
                {
                    for (int ow = 0; ow < p.OutputWidth; ow++)
                    {
                        double sum = bias.IsEmpty ? 0 : bias[co];
                        int tap = co * p.InputChannelsPerGroup * p.KernelHeight * p.KernelWidth;
                        for (int ci = 0; ci < p.InputChannelsPerGroup; ci++)
                        {
                            int plane = (n * p.InputChannels + firstChannel + ci) * p.InputHeight * p.InputWidth;
                            for (int kh = 0; kh < p.KernelHeight; kh++)
                            {
                                int ih = Resolve(oh * p.StrideHeight + kh * p.DilationHeight - p.PaddingTop, p.InputHeight, p.PaddingMode);
                                for (int kw = 0; kw < p.KernelWidth; kw++)
                                {
                                    int iw = Resolve(ow * p.StrideWidth + kw * p.DilationWidth - p.PaddingLeft, p.InputWidth, p.PaddingMode);
                                    double value = ih < 0 || iw < 0 ? 0 : x[plane + ih * p.InputWidth + iw];
                                    sum += weight[tap++] * value;
                                }
                            }
                        }
                        y[target++] = sum;
                    }
                }
            }
        }
    }

    /// <summary>The position inside the input that a position stands for, or -1 for a zero.</summary>
    private static int Resolve(int position, int length, int mode)
    {
        if (position >= 0 && position < length)
            return position;
        return (PaddingMode)mode switch
        {
            PaddingMode.Reflect => position < 0 ? -position : 2 * (length - 1) - position,
            PaddingMode.Replicate => position < 0 ? 0 : length - 1,
            PaddingMode.Circular => position < 0 ? position + length : position - length,
            _ => -1,
        };
    }
}
