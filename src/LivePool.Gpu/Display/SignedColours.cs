namespace LivePool.Gpu.Display;

/// <summary>The brightest colours of values with a sign; 0 is black. Red, green and blue, from 0 to 1.</summary>
public static class SignedColours
{
    /// <summary>Below 0: blue.</summary>
    public static (float Red, float Green, float Blue) Below => (0.27f, 0.63f, 1);

    /// <summary>Above 0: orange.</summary>
    public static (float Red, float Green, float Blue) Above => (1, 0.58f, 0.18f);
}
