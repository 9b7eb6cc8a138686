namespace LivePool.Frames;

/// <summary>
/// Arithmetic for scenes that gives the same bits on every machine: only +, -, *, /, square roots and integers. Library
/// sines and powers may differ in the last bit between platforms.
/// </summary>
internal static class SceneMath
{
    /// <summary>A turn is the whole range of uint, so that phases wrap exactly however long a scene runs.</summary>
    public const float Turn = 4294967296f;

    /// <summary>Sine of an angle in turns, to about 0.001.</summary>
    public static float Sine(uint phase)
    {
        var x = (int)phase * (2f / Turn);
        var y = 4 * x * (1 - MathF.Abs(x));
        return y * (0.775f + 0.225f * MathF.Abs(y));
    }

    public static float Cosine(uint phase) => Sine(phase + 0x40000000);

    /// <summary>Turns as a phase; any finite number below 2^31 turns.</summary>
    public static uint Phase(float turns) => (uint)(long)((turns - MathF.Floor(turns)) * Turn);

    /// <summary>A well mixed number from two.</summary>
    public static uint Hash(uint a, uint b)
    {
        var h = a * 0x9E3779B1 ^ (b + 0x7F4A7C15) * 0x85EBCA77;
        h = (h ^ (h >> 16)) * 0x7FEB352D;
        h = (h ^ (h >> 15)) * 0x846CA68B;
        return h ^ (h >> 16);
    }

    /// <summary>0 to 1.</summary>
    public static float Unit(uint hash) => (hash >> 8) * (1f / (1 << 24));

    public static float Mix(float a, float b, float t) => a + (b - a) * t;

    public static float Clamp01(float x) => x < 0 ? 0 : x > 1 ? 1 : x;

    public static float Smooth(float from, float to, float x)
    {
        var t = Clamp01((x - from) / (to - from));
        return t * t * (3 - 2 * t);
    }

    /// <summary>Value noise, 0 to 1, one lattice cell a unit; the lattice repeats after <paramref name="period"/> cells across.</summary>
    public static float Noise(uint seed, float x, float y, int period = 1 << 20)
    {
        float left = MathF.Floor(x), top = MathF.Floor(y);
        var (i, j) = ((int)left, (int)top);
        var (u, v) = (x - left, y - top);
        u = u * u * (3 - 2 * u);
        v = v * v * (3 - 2 * v);
        return Mix(Mix(At(i, j), At(i + 1, j), u), Mix(At(i, j + 1), At(i + 1, j + 1), u), v);

        float At(int column, int row) => Unit(Hash(seed ^ (uint)row * 0x27D4EB2F, (uint)((column % period + period) % period)));
    }

    /// <summary>Four octaves of <see cref="Noise"/>, 0 to 1.</summary>
    public static float Clouds(uint seed, float x, float y, int period = 1 << 20)
    {
        var (sum, weight) = (0f, 0.5f);
        for (var octave = 0u; octave < 4; octave++)
        {
            sum += weight * Noise(seed + octave, x, y, period);
            (x, y, weight, period) = (2 * x, 2 * y, weight / 2, 2 * period);
        }
        return sum / 0.9375f;
    }
}

/// <summary>A colour of light, 0 to 255 a channel.</summary>
internal readonly record struct Tint(float Red, float Green, float Blue)
{
    public static Tint operator *(Tint tint, float by) => new(tint.Red * by, tint.Green * by, tint.Blue * by);

    public static Tint operator +(Tint a, Tint b) => new(a.Red + b.Red, a.Green + b.Green, a.Blue + b.Blue);

    public Tint Towards(Tint other, float share) => this * (1 - share) + other * share;

    /// <summary>The nearest colour that a pixel can hold.</summary>
    public Tint Clamped() => new(Math.Clamp(Red, 0, 255), Math.Clamp(Green, 0, 255), Math.Clamp(Blue, 0, 255));

    /// <summary>An opaque Rgba32 pixel.</summary>
    public uint Pack() => 0xFF000000 | (uint)Channel(Blue) << 16 | (uint)Channel(Green) << 8 | (uint)Channel(Red);

    private static int Channel(float value) => value <= 0 ? 0 : value >= 255 ? 255 : (int)(value + 0.5f);
}
