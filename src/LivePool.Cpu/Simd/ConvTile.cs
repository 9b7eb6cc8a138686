using System.Runtime.CompilerServices;

namespace LivePool.Cpu.Simd;

/// <summary>
/// The inner loops of the convolution: two rows of outputs of one or two channels, a few vectors wide, summed in registers.
/// Where both rows have a tap on the same input row, it is loaded once for both. Every output is its bias and then its taps
/// in the order <c>ci, kh, kw</c>, whichever loop computes it.
/// </summary>
/// <remarks>
/// Sums live in plain locals, and nothing is called while they do: the JIT keeps them in registers only then. A struct of two
/// vectors is not kept, so that the four widths are written out.
/// </remarks>
internal static unsafe class ConvTile<T, TEpilogue>
    where T : struct, IVector<T>
    where TEpilogue : struct, IConvEpilogue
{
    /// <summary>Pairs of channels, two vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void TwoChannels(
        float* source, ConvTaps* taps, float* weights, float* bias, float* target, nint secondRow, nint channel, int pairs)
    {
        int apart = taps->Apart;
        int together = taps->Count - apart;
        float* w = weights;
        for (; pairs > 0; pairs--, bias += 2, target += 2 * channel)
        {
            T a0 = T.Create(*bias), a1 = a0, c0 = a0, c1 = a0;
            T b0 = T.Create(bias[1]), b1 = b0, d0 = b0, d1 = b0;
            float* plane = source;
            for (int ci = taps->Channels; ci > 0; ci--)
            {
                long* tap = taps->Offsets;
                long* end = tap + apart;
                for (; tap < end; tap++, w += 2)
                {
                    float* x = (float*)((byte*)plane + *tap);
                    T x0 = T.Load(x), x1 = T.Load(x + T.Count);
                    T weight = T.Create(w[0]);
                    a0 = T.MultiplyAdd(weight, x0, a0);
                    a1 = T.MultiplyAdd(weight, x1, a1);
                    weight = T.Create(w[1]);
                    b0 = T.MultiplyAdd(weight, x0, b0);
                    b1 = T.MultiplyAdd(weight, x1, b1);
                }
                float* v = w - 2 * apart;
                end += together;
                for (; tap < end; tap++, w += 2, v += 2)
                {
                    float* x = (float*)((byte*)plane + *tap);
                    T x0 = T.Load(x), x1 = T.Load(x + T.Count);
                    T weight = T.Create(w[0]);
                    a0 = T.MultiplyAdd(weight, x0, a0);
                    a1 = T.MultiplyAdd(weight, x1, a1);
                    weight = T.Create(w[1]);
                    b0 = T.MultiplyAdd(weight, x0, b0);
                    b1 = T.MultiplyAdd(weight, x1, b1);
                    weight = T.Create(v[0]);
                    c0 = T.MultiplyAdd(weight, x0, c0);
                    c1 = T.MultiplyAdd(weight, x1, c1);
                    weight = T.Create(v[1]);
                    d0 = T.MultiplyAdd(weight, x0, d0);
                    d1 = T.MultiplyAdd(weight, x1, d1);
                }
                end += apart;
                for (; tap < end; tap++, v += 2)
                {
                    float* x = (float*)((byte*)plane + *tap);
                    T x0 = T.Load(x), x1 = T.Load(x + T.Count);
                    T weight = T.Create(v[0]);
                    c0 = T.MultiplyAdd(weight, x0, c0);
                    c1 = T.MultiplyAdd(weight, x1, c1);
                    weight = T.Create(v[1]);
                    d0 = T.MultiplyAdd(weight, x0, d0);
                    d1 = T.MultiplyAdd(weight, x1, d1);
                }
                plane = (float*)((byte*)plane + taps->PlaneBytes);
            }
            TEpilogue.Emit(a0, a1, c0, c1, target, secondRow);
            TEpilogue.Emit(b0, b1, d0, d1, target + channel, secondRow);
        }
    }

    /// <summary>Pairs of channels, four vectors, for machines with 32 registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void TwoChannelsWide(
        float* source, ConvTaps* taps, float* weights, float* bias, float* target, nint secondRow, nint channel, int pairs)
    {
        int apart = taps->Apart;
        int together = taps->Count - apart;
        int next = 2 * T.Count / TEpilogue.Columns;
        float* w = weights;
        for (; pairs > 0; pairs--, bias += 2, target += 2 * channel)
        {
            T a0 = T.Create(*bias), a1 = a0, a2 = a0, a3 = a0, c0 = a0, c1 = a0, c2 = a0, c3 = a0;
            T b0 = T.Create(bias[1]), b1 = b0, b2 = b0, b3 = b0, d0 = b0, d1 = b0, d2 = b0, d3 = b0;
            float* plane = source;
            for (int ci = taps->Channels; ci > 0; ci--)
            {
                long* tap = taps->Offsets;
                long* end = tap + apart;
                for (; tap < end; tap++, w += 2)
                {
                    float* x = (float*)((byte*)plane + *tap);
                    T x0 = T.Load(x), x1 = T.Load(x + T.Count), x2 = T.Load(x + 2 * T.Count), x3 = T.Load(x + 3 * T.Count);
                    T weight = T.Create(w[0]);
                    a0 = T.MultiplyAdd(weight, x0, a0);
                    a1 = T.MultiplyAdd(weight, x1, a1);
                    a2 = T.MultiplyAdd(weight, x2, a2);
                    a3 = T.MultiplyAdd(weight, x3, a3);
                    weight = T.Create(w[1]);
                    b0 = T.MultiplyAdd(weight, x0, b0);
                    b1 = T.MultiplyAdd(weight, x1, b1);
                    b2 = T.MultiplyAdd(weight, x2, b2);
                    b3 = T.MultiplyAdd(weight, x3, b3);
                }
                float* v = w - 2 * apart;
                end += together;
                for (; tap < end; tap++, w += 2, v += 2)
                {
                    float* x = (float*)((byte*)plane + *tap);
                    T x0 = T.Load(x), x1 = T.Load(x + T.Count), x2 = T.Load(x + 2 * T.Count), x3 = T.Load(x + 3 * T.Count);
                    T weight = T.Create(w[0]);
                    a0 = T.MultiplyAdd(weight, x0, a0);
                    a1 = T.MultiplyAdd(weight, x1, a1);
                    a2 = T.MultiplyAdd(weight, x2, a2);
                    a3 = T.MultiplyAdd(weight, x3, a3);
                    weight = T.Create(w[1]);
                    b0 = T.MultiplyAdd(weight, x0, b0);
                    b1 = T.MultiplyAdd(weight, x1, b1);
                    b2 = T.MultiplyAdd(weight, x2, b2);
                    b3 = T.MultiplyAdd(weight, x3, b3);
                    weight = T.Create(v[0]);
                    c0 = T.MultiplyAdd(weight, x0, c0);
                    c1 = T.MultiplyAdd(weight, x1, c1);
                    c2 = T.MultiplyAdd(weight, x2, c2);
                    c3 = T.MultiplyAdd(weight, x3, c3);
                    weight = T.Create(v[1]);
                    d0 = T.MultiplyAdd(weight, x0, d0);
                    d1 = T.MultiplyAdd(weight, x1, d1);
                    d2 = T.MultiplyAdd(weight, x2, d2);
                    d3 = T.MultiplyAdd(weight, x3, d3);
                }
                end += apart;
                for (; tap < end; tap++, v += 2)
                {
                    float* x = (float*)((byte*)plane + *tap);
                    T x0 = T.Load(x), x1 = T.Load(x + T.Count), x2 = T.Load(x + 2 * T.Count), x3 = T.Load(x + 3 * T.Count);
                    T weight = T.Create(v[0]);
                    c0 = T.MultiplyAdd(weight, x0, c0);
                    c1 = T.MultiplyAdd(weight, x1, c1);
                    c2 = T.MultiplyAdd(weight, x2, c2);
                    c3 = T.MultiplyAdd(weight, x3, c3);
                    weight = T.Create(v[1]);
                    d0 = T.MultiplyAdd(weight, x0, d0);
                    d1 = T.MultiplyAdd(weight, x1, d1);
                    d2 = T.MultiplyAdd(weight, x2, d2);
                    d3 = T.MultiplyAdd(weight, x3, d3);
                }
                plane = (float*)((byte*)plane + taps->PlaneBytes);
            }
            TEpilogue.Emit(a0, a1, c0, c1, target, secondRow);
            TEpilogue.Emit(a2, a3, c2, c3, target + next, secondRow);
            TEpilogue.Emit(b0, b1, d0, d1, target + channel, secondRow);
            TEpilogue.Emit(b2, b3, d2, d3, target + channel + next, secondRow);
        }
    }

    /// <summary>One channel, two vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void OneChannel(float* source, ConvTaps* taps, float* weights, float* bias, float* target, nint secondRow)
    {
        T a0 = T.Create(*bias), a1 = a0, c0 = a0, c1 = a0;
        int apart = taps->Apart;
        int together = taps->Count - apart;
        float* w = weights;
        for (int ci = taps->Channels; ci > 0; ci--)
        {
            long* tap = taps->Offsets;
            long* end = tap + apart;
            for (; tap < end; tap++, w++)
            {
                float* x = (float*)((byte*)source + *tap);
                T weight = T.Create(*w);
                a0 = T.MultiplyAdd(weight, T.Load(x), a0);
                a1 = T.MultiplyAdd(weight, T.Load(x + T.Count), a1);
            }
            float* v = w - apart;
            end += together;
            for (; tap < end; tap++, w++, v++)
            {
                float* x = (float*)((byte*)source + *tap);
                T x0 = T.Load(x), x1 = T.Load(x + T.Count);
                T weight = T.Create(*w);
                a0 = T.MultiplyAdd(weight, x0, a0);
                a1 = T.MultiplyAdd(weight, x1, a1);
                weight = T.Create(*v);
                c0 = T.MultiplyAdd(weight, x0, c0);
                c1 = T.MultiplyAdd(weight, x1, c1);
            }
            end += apart;
            for (; tap < end; tap++, v++)
            {
                float* x = (float*)((byte*)source + *tap);
                T weight = T.Create(*v);
                c0 = T.MultiplyAdd(weight, T.Load(x), c0);
                c1 = T.MultiplyAdd(weight, T.Load(x + T.Count), c1);
            }
            source = (float*)((byte*)source + taps->PlaneBytes);
        }
        TEpilogue.Emit(a0, a1, c0, c1, target, secondRow);
    }

    /// <summary>One channel, four vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void OneChannelWide(float* source, ConvTaps* taps, float* weights, float* bias, float* target, nint secondRow)
    {
        T a0 = T.Create(*bias), a1 = a0, a2 = a0, a3 = a0, c0 = a0, c1 = a0, c2 = a0, c3 = a0;
        int apart = taps->Apart;
        int together = taps->Count - apart;
        float* w = weights;
        for (int ci = taps->Channels; ci > 0; ci--)
        {
            long* tap = taps->Offsets;
            long* end = tap + apart;
            for (; tap < end; tap++, w++)
            {
                float* x = (float*)((byte*)source + *tap);
                T weight = T.Create(*w);
                a0 = T.MultiplyAdd(weight, T.Load(x), a0);
                a1 = T.MultiplyAdd(weight, T.Load(x + T.Count), a1);
                a2 = T.MultiplyAdd(weight, T.Load(x + 2 * T.Count), a2);
                a3 = T.MultiplyAdd(weight, T.Load(x + 3 * T.Count), a3);
            }
            float* v = w - apart;
            end += together;
            for (; tap < end; tap++, w++, v++)
            {
                float* x = (float*)((byte*)source + *tap);
                T x0 = T.Load(x), x1 = T.Load(x + T.Count), x2 = T.Load(x + 2 * T.Count), x3 = T.Load(x + 3 * T.Count);
                T weight = T.Create(*w);
                a0 = T.MultiplyAdd(weight, x0, a0);
                a1 = T.MultiplyAdd(weight, x1, a1);
                a2 = T.MultiplyAdd(weight, x2, a2);
                a3 = T.MultiplyAdd(weight, x3, a3);
                weight = T.Create(*v);
                c0 = T.MultiplyAdd(weight, x0, c0);
                c1 = T.MultiplyAdd(weight, x1, c1);
                c2 = T.MultiplyAdd(weight, x2, c2);
                c3 = T.MultiplyAdd(weight, x3, c3);
            }
            end += apart;
            for (; tap < end; tap++, v++)
            {
                float* x = (float*)((byte*)source + *tap);
                T weight = T.Create(*v);
                c0 = T.MultiplyAdd(weight, T.Load(x), c0);
                c1 = T.MultiplyAdd(weight, T.Load(x + T.Count), c1);
                c2 = T.MultiplyAdd(weight, T.Load(x + 2 * T.Count), c2);
                c3 = T.MultiplyAdd(weight, T.Load(x + 3 * T.Count), c3);
            }
            source = (float*)((byte*)source + taps->PlaneBytes);
        }
        TEpilogue.Emit(a0, a1, c0, c1, target, secondRow);
        TEpilogue.Emit(a2, a3, c2, c3, target + 2 * T.Count / TEpilogue.Columns, secondRow);
    }
}
