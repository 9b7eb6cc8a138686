namespace LivePool.App.View.Pooling;

/// <summary>Noise that follows from a seed and an element's number alone.</summary>
internal static class GaussianNoise
{
    /// <summary>Adds noise of mean 0 to every element.</summary>
    /// <param name="elements">What is added to.</param>
    /// <param name="sigma">The standard deviation.</param>
    /// <param name="seed">The seed.</param>
    public static void Add(Span<float> elements, double sigma, long seed)
    {
        float scale = (float)sigma;
        ulong start = Mix((ulong)seed);
        for (int i = 0; i < elements.Length; i += 2)
        {
            // Box and Muller: two uniform numbers, the first in (0, 1], make two normal ones.
            ulong bits = Mix(start + (ulong)i * 0x9E3779B97F4A7C15);
            float radius = scale * MathF.Sqrt(-2 * MathF.Log(((bits >> 40) + 1) * (1f / (1 << 24))));
            (float sine, float cosine) = MathF.SinCos((bits & 0xFFFFFF) * (2 * MathF.PI / (1 << 24)));
            elements[i] += radius * cosine;
            if (i + 1 < elements.Length)
                elements[i + 1] += radius * sine;
        }
    }

    /// <summary>SplitMix64's last step.</summary>
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
