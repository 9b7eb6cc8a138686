namespace LivePool.Cpu.Simd;

/// <summary>
/// The inner loop of the transposed convolution: an output row is a bias and the sum of input rows, each shifted by its tap's
/// offset and multiplied by its tap's weight. Offsets are in elements, from where the output row's first element is put.
/// </summary>
internal static unsafe class WeightedRows<TVector> where TVector : struct, IVector<TVector>
{
    /// <summary><c>target[x] = bias + sum over taps of weights[tap] * source[offsets[tap] + x]</c>.</summary>
    public static void Sum(float* source, long* offsets, float* weights, int taps, float bias, float* target, int width)
    {
        int x = 0;
        for (; x + 4 * TVector.Count <= width; x += 4 * TVector.Count)
            OneByFour(source + x, offsets, weights, taps, bias, target + x);
        SumRest(source, offsets, weights, taps, bias, target, width, x);
    }

    /// <summary>Two output rows from the same taps with different weights; the input is loaded once for both.</summary>
    public static void SumTwo(
        float* source, long* offsets, float* weights, float* secondWeights, int taps, float bias, float secondBias,
        float* target, float* secondTarget, int width)
    {
        int x = 0;
        for (; x + 4 * TVector.Count <= width; x += 4 * TVector.Count)
            TwoByFour(source + x, offsets, weights, secondWeights, taps, bias, secondBias, target + x, secondTarget + x);
        SumRest(source, offsets, weights, taps, bias, target, width, x);
        SumRest(source, offsets, secondWeights, taps, secondBias, secondTarget, width, x);
    }

    /// <summary>Vector by vector; the last one overlaps its neighbour, unless the row is shorter than a vector.</summary>
    private static void SumRest(
        float* source, long* offsets, float* weights, int taps, float bias, float* target, int width, int x)
    {
        if (width < TVector.Count)
        {
            for (x = 0; x < width; x++)
                One<ScalarF>(source + x, offsets, weights, taps, bias, target + x);
            return;
        }
        for (; x + TVector.Count <= width; x += TVector.Count)
            One<TVector>(source + x, offsets, weights, taps, bias, target + x);
        if (x < width)
        {
            x = width - TVector.Count;
            One<TVector>(source + x, offsets, weights, taps, bias, target + x);
        }
    }

    private static void One<T>(float* source, long* offsets, float* weights, int taps, float bias, float* target)
        where T : struct, IVector<T>
    {
        T sum = T.Create(bias);
        for (int tap = 0; tap < taps; tap++)
            sum = T.MultiplyAdd(T.Create(weights[tap]), T.Load(source + offsets[tap]), sum);
        T.Store(sum, target);
    }

    private static void OneByFour(float* source, long* offsets, float* weights, int taps, float bias, float* target)
    {
        TVector sum0 = TVector.Create(bias);
        TVector sum1 = sum0;
        TVector sum2 = sum0;
        TVector sum3 = sum0;
        for (int tap = 0; tap < taps; tap++)
        {
            float* x = source + offsets[tap];
            TVector weight = TVector.Create(weights[tap]);
            sum0 = TVector.MultiplyAdd(weight, TVector.Load(x), sum0);
            sum1 = TVector.MultiplyAdd(weight, TVector.Load(x + TVector.Count), sum1);
            sum2 = TVector.MultiplyAdd(weight, TVector.Load(x + 2 * TVector.Count), sum2);
            sum3 = TVector.MultiplyAdd(weight, TVector.Load(x + 3 * TVector.Count), sum3);
        }
        StoreFour(target, sum0, sum1, sum2, sum3);
    }

    private static void TwoByFour(
        float* source, long* offsets, float* weights, float* secondWeights, int taps, float bias, float secondBias,
        float* target, float* secondTarget)
    {
        TVector sum0 = TVector.Create(bias);
        TVector sum1 = sum0;
        TVector sum2 = sum0;
        TVector sum3 = sum0;
        TVector second0 = TVector.Create(secondBias);
        TVector second1 = second0;
        TVector second2 = second0;
        TVector second3 = second0;
        for (int tap = 0; tap < taps; tap++)
        {
            float* x = source + offsets[tap];
            TVector x0 = TVector.Load(x);
            TVector x1 = TVector.Load(x + TVector.Count);
            TVector x2 = TVector.Load(x + 2 * TVector.Count);
            TVector x3 = TVector.Load(x + 3 * TVector.Count);
            TVector weight = TVector.Create(weights[tap]);
            sum0 = TVector.MultiplyAdd(weight, x0, sum0);
            sum1 = TVector.MultiplyAdd(weight, x1, sum1);
            sum2 = TVector.MultiplyAdd(weight, x2, sum2);
            sum3 = TVector.MultiplyAdd(weight, x3, sum3);
            weight = TVector.Create(secondWeights[tap]);
            second0 = TVector.MultiplyAdd(weight, x0, second0);
            second1 = TVector.MultiplyAdd(weight, x1, second1);
            second2 = TVector.MultiplyAdd(weight, x2, second2);
            second3 = TVector.MultiplyAdd(weight, x3, second3);
        }
        StoreFour(target, sum0, sum1, sum2, sum3);
        StoreFour(secondTarget, second0, second1, second2, second3);
    }

    private static void StoreFour(float* target, TVector a, TVector b, TVector c, TVector d)
    {
        TVector.Store(a, target);
        TVector.Store(b, target + TVector.Count);
        TVector.Store(c, target + 2 * TVector.Count);
        TVector.Store(d, target + 3 * TVector.Count);
    }
}
