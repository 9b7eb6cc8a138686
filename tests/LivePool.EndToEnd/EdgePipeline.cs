using LivePool.Core.Tensors;
using LivePool.Testing.Torch;
using LivePool.Verification;

namespace LivePool.EndToEnd;

/// <summary>
/// The seed's pipeline once more, in plain loops over PyTorch's weights: convolution 5x5 to two channels, maximum of 2x2.
/// </summary>
/// <param name="Width">Columns of the output.</param>
/// <param name="Height">Rows of the output.</param>
/// <param name="Exact">Each channel's output, [height, width].</param>
/// <param name="Magnitude">The largest sum|w*x| in each output's window.</param>
internal sealed record EdgePipeline(int Width, int Height, double[][] Exact, double[][] Magnitude)
{
    private const int Taps = 25;
    private static readonly Tensor _weight = Fixtures.PhotoWeight;

    public static EdgePipeline Of(byte[] grey, int width, int height)
    {
        int w = (width - 4) / 2, h = (height - 4) / 2;
        double[][] exact = [new double[w * h], new double[w * h]], magnitude = [new double[w * h], new double[w * h]];
        for (int channel = 0; channel < 2; channel++)
        {
            for (int i = 0; i < w * h; i++)
            {
                exact[channel][i] = double.NegativeInfinity;
                for (int corner = 0; corner < 4; corner++)
                {
                    double sum = 0, absolute = 0;
                    for (int tap = 0; tap < Taps; tap++)
                    {
                        int y = i / w * 2 + corner / 2 + tap / 5, x = i % w * 2 + corner % 2 + tap % 5;
                        double product = (double)_weight.Elements[channel * Taps + tap] * grey[y * width + x];
                        sum += product;
                        absolute += Math.Abs(product);
                    }
                    exact[channel][i] = Math.Max(exact[channel][i], sum);
                    magnitude[channel][i] = Math.Max(magnitude[channel][i], absolute);
                }
            }
        }
        return new(w, h, exact, magnitude);
    }

    /// <summary>Fails unless channel 0, whole numbers, is equal, and channel 1 within its bound.</summary>
    public void Check(string backend, float[] channel0, float[] channel1)
    {
        Assert.Equal(Exact[0], Array.ConvertAll(channel0, value => (double)value));
        double u = backend == "gpu" ? ErrorBound.AnyRounding : ErrorBound.RoundToNearest;
        Assert.Equal(Exact[1].Length, channel1.Length);
        for (int i = 0; i < channel1.Length; i++)
        {
            double bound = ErrorBound.Gamma(Taps + 4, u) * Magnitude[1][i];
            Assert.True(Math.Abs(channel1[i] - Exact[1][i]) <= bound,
                $"{backend}, channel 1, row {i / Width}, column {i % Width}: {channel1[i]:R}, exact {Exact[1][i]:R}, bound {bound:G3}");
        }
    }
}
