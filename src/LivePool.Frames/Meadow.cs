using static LivePool.Frames.SceneMath;

namespace LivePool.Frames;

/// <summary>What stands still in the grass scene: where the horizon and the sun are, sky, hills and bare ground.</summary>
internal sealed class Meadow
{
    private static readonly Tint Zenith = new(92, 150, 214), MidSky = new(160, 203, 236), LowSky = new(252, 232, 200);
    private static readonly Tint Sun = new(255, 246, 214);
    private readonly uint _seed;
    private readonly float[] _skyline;

    public Meadow(int width, int height, uint seed)
    {
        (Width, Height, _seed) = (width, height, seed);
        Horizon = 0.36f * height;
        SunX = (0.66f + 0.16f * Unit(Hash(seed, 11))) * width;
        SunY = 0.20f * height;
        Pixels = new uint[width * height];
        _skyline = new float[width];
        CloudRows = Math.Min(height, (int)Horizon + 1);
        CloudColumns = 2 * width;
        Clouds = new byte[CloudColumns * CloudRows];
        PaintSkyAndGround();
        PaintClouds();
        PaintHills();
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>The row of the horizon.</summary>
    public float Horizon { get; }

    public float SunX { get; }

    public float SunY { get; }

    /// <summary>The picture without clouds and grass: Rgba32, row by row.</summary>
    public uint[] Pixels { get; }

    /// <summary>How much cloud, 0 to 255, twice as wide as the picture; the right edge continues at the left.</summary>
    public byte[] Clouds { get; }

    public int CloudColumns { get; }

    public int CloudRows { get; }

    /// <summary>The colour into which everything far away fades.</summary>
    public Tint Haze(float x) => new Tint(206, 211, 186).Towards(new(255, 236, 190), 0.75f * Glow(x));

    /// <summary>How near a column is to the sun's, 0 to 1.</summary>
    public float Glow(float x)
    {
        var d = (x - SunX) / (0.30f * Width);
        return 1 / (1 + d * d);
    }

    /// <summary>Cloud cover is drawn above this row only, in each column.</summary>
    public float Skyline(int x) => _skyline[x];

    private Tint Ground(float x, float y)
    {
        var s = Clamp01((y - Horizon) / (Height - Horizon));
        var far = new Tint(176, 190, 112).Towards(new(92, 128, 50), Smooth(0, 0.30f, s));
        var tint = far.Towards(new(24, 46, 18), Smooth(0.10f, 0.75f, s));
        return tint.Towards(Haze(x), 0.65f * (1 - Smooth(0, 0.14f, s)));
    }

    private void PaintSkyAndGround()
    {
        for (var y = 0; y < Height; y++)
        {
            var h = Clamp01((y + 0.5f) / Horizon);
            var sky = h < 0.55f ? Zenith.Towards(MidSky, h / 0.55f) : MidSky.Towards(LowSky, Smooth(0.55f, 1.05f, h));
            for (var x = 0; x < Width; x++)
            {
                if (y > Horizon)
                {
                    Pixels[y * Width + x] = Ground(x, y).Pack();
                    continue;
                }
                float dx = (x + 0.5f - SunX) / Height, dy = (y + 0.5f - SunY) / Height;
                var d = dx * dx + dy * dy;
                var halo = 0.85f / (1 + 26 * d) * 0.55f + 0.6f / (1 + 900 * d);
                var disc = 1 - Smooth(0.00065f, 0.0012f, d);
                Pixels[y * Width + x] = sky.Towards(Sun, Clamp01(halo)).Towards(new(255, 255, 246), disc).Pack();
            }
        }
    }

    private void PaintClouds()
    {
        for (var y = 0; y < CloudRows; y++)
        {
            // Clouds lie flatter and closer together toward the horizon.
            var v = (y + 0.5f) / Horizon;
            var depth = 1 / (1.12f - v * 0.80f);
            var lift = Smooth(0, 0.35f, v) * (1 - 0.55f * Smooth(0.65f, 1, v));
            for (var x = 0; x < CloudColumns; x++)
            {
                var u = 10f * x / CloudColumns;
                var cover = SceneMath.Clouds(_seed + 101, u, 2.6f * depth, 10) * 0.72f
                    + SceneMath.Clouds(_seed + 131, 4 * u, 8f * depth, 40) * 0.28f;
                Clouds[y * CloudColumns + x] = (byte)(225 * lift * Smooth(0.50f, 0.78f, cover));
            }
        }
    }

    private void PaintHills()
    {
        ReadOnlySpan<(float Base, float Rise, float Waves, float Rough, Tint Colour)> ridges =
        [
            (0.022f, 0.100f, 2.6f, 0.006f, new(150, 176, 196)),
            (0.010f, 0.058f, 4.1f, 0.014f, new(122, 158, 152)),
            (0.000f, 0.030f, 5.7f, 0.022f, new(88, 132, 92)),
        ];
        Array.Fill(_skyline, Height);
        for (var ridge = 0; ridge < ridges.Length; ridge++)
        {
            var (low, rise, waves, rough, colour) = ridges[ridge];
            var seed = _seed + 211 + 17 * (uint)ridge;
            for (var x = 0; x < Width; x++)
            {
                var u = waves * x / Width;
                var crest = low + rise * SceneMath.Clouds(seed, u, 0.5f) + rough * Noise(seed + 5, 34 * u / waves * (ridge + 1), 0.5f)
                    + rough * 0.5f * Noise(seed + 6, 120 * u / waves * (ridge + 1), 0.5f);
                var top = Horizon - crest * Height;
                _skyline[x] = Math.Min(_skyline[x], top);
                for (var y = Math.Max(0, (int)top); y < Math.Min(Height, (int)Horizon + 2); y++)
                {
                    var below = (y + 0.5f - top) / Math.Max(1, crest * Height);
                    var shade = colour * (0.92f + 0.16f * Noise(seed + 7, x * 60f / Width, y * 60f / Height));
                    var tint = shade.Towards(Haze(x), Clamp01(0.10f + 0.40f * Glow(x) + 0.5f * Smooth(0.2f, 1.2f, below)));
                    ref var pixel = ref Pixels[y * Width + x];
                    pixel = Brush.Blend(pixel, tint.Pack(), (int)(256 * Clamp01(y + 1 - top)));
                }
            }
        }
    }
}
