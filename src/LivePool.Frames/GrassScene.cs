using System.Runtime.InteropServices;
using static LivePool.Frames.SceneMath;

namespace LivePool.Frames;

/// <summary>
/// A meadow in the wind that the program draws itself: leaves from small and pale at the horizon to tall and deep in front,
/// gusts that travel through them, flowers, hills, drifting clouds. A frame depends on seed, size and number only and has
/// the same bytes on every machine. Everything is planted when the scene is made; drawing allocates nothing.
/// </summary>
public sealed class GrassScene
{
    /// <summary>The rate for which the wind is made.</summary>
    public const double FramesPerSecond = 60;

    private const int NoFlower = -1, Ear = -2;
    private readonly Meadow _meadow;
    private readonly FlowerSprites _flowers;
    private readonly Plant[] _plants;

    /// <summary>A leaf or stem, and how the wind takes it. Sorted from far to near.</summary>
    private struct Plant
    {
        public float X, Y, Height, HalfWidth, Lean, Give;
        public Tint Root, Tip, Sheen;
        public uint Gust, Ripple, Flutter;
        public int Head, Grade;
        public float Bare;
    }

    /// <summary>Plants a meadow.</summary>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="seed">Another seed is another meadow.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1.</exception>
    public GrassScene(int width, int height, uint seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        (Width, Height, Seed) = (width, height, seed);
        _meadow = new Meadow(width, height, seed);
        _flowers = new FlowerSprites(0.030f * height);
        PaintUndergrowth();
        _plants = PlantAll(0, 0.135f, 0.125f);
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>What the meadow was grown from.</summary>
    public uint Seed { get; }

    /// <summary>Draws one frame as Rgba32, and sets its number, time and origin.</summary>
    /// <param name="number">The frame's number, at 60 a second; in any order.</param>
    /// <param name="frame">Takes the picture.</param>
    public void Draw(long number, Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        frame.Reset(PixelFormat.Rgba32, Width, Height);
        (frame.Sequence, frame.Origin) = (number, "scene:grass");
        frame.Timestamp = TimeSpan.FromTicks((long)(number * (TimeSpan.TicksPerSecond / FramesPerSecond)));
        frame.CapturedAt = 0;
        var pixels = MemoryMarshal.Cast<byte, uint>(frame.Pixels);
        _meadow.Pixels.CopyTo(pixels);
        DrawClouds(pixels, number);
        var brush = new Brush(pixels, Width, Height);
        var time = (uint)number;
        foreach (ref readonly var plant in _plants.AsSpan())
            Draw(brush, plant, time);
    }

    private void Draw(in Brush brush, in Plant plant, uint time)
    {
        // Phases are whole numbers of 2^-32 turns a frame: a gust passes in about 5 s, a ripple in 1.7, a flutter in 0.7.
        var gust = 0.5f + 0.5f * Sine(plant.Gust - time * 14_300_000);
        gust *= gust * (0.62f + 0.38f * Sine(plant.Ripple - time * 42_000_000));
        var flutter = Sine(plant.Flutter + time * 98_000_000) * (0.10f + 0.16f * gust);
        var bend = plant.Give * (0.12f + 0.95f * gust + flutter);
        var height = plant.Height * (1 - 0.22f * gust * plant.Give / (plant.Give + plant.Height));
        var leaf = new Brush.Leaf
        {
            RootX = plant.X,
            RootY = plant.Y,
            Height = height,
            HalfWidth = plant.HalfWidth,
            Lean = plant.Lean,
            Bend = bend,
            Root = plant.Root,
            Tip = plant.Tip.Towards(plant.Sheen, 0.65f * gust),
            Shade = 0.72f,
            Bare = plant.Bare,
            HasEar = plant.Head == Ear,
        };
        brush.Draw(leaf);
        if (plant.Head >= 0)
            _flowers.Draw(brush, plant.Head, plant.Grade, plant.X + plant.Lean + bend, plant.Y - height);
    }

    private void DrawClouds(Span<uint> pixels, long number)
    {
        // One turn of the sky in a bit over two minutes.
        var columns = _meadow.CloudColumns;
        var start = (int)(number % 8192 * columns / 8192);
        start += start < 0 ? columns : 0;
        for (var y = 0; y < _meadow.CloudRows; y++)
        {
            var row = pixels.Slice(y * Width, Width);
            var cover = _meadow.Clouds.AsSpan(y * columns, columns);
            var column = start;
            for (var x = 0; x < row.Length; x++)
            {
                var alpha = (int)cover[column];
                if (++column == columns)
                    column = 0;
                if (alpha != 0 && y < _meadow.Skyline(x))
                    row[x] = Brush.Blend(row[x], 0xFFF6FBFF, alpha);
            }
        }
    }

    /// <summary>
    /// A dense growth that stands still, in the dark below the leaves that move: it fills what they leave open.
    /// </summary>
    private void PaintUndergrowth()
    {
        var brush = new Brush(_meadow.Pixels, Width, Height);
        foreach (var plant in PlantAll(1 << 30, 0.10f, 0.07f))
        {
            var near = Smooth(0.02f, 0.45f, (plant.Y - _meadow.Horizon) / (Height - _meadow.Horizon));
            var still = plant with
            {
                Head = NoFlower,
                Bare = 0,
                Height = plant.Height * 0.86f,
                Root = plant.Root * (1 - 0.45f * near),
                Tip = plant.Tip * (1 - 0.42f * near),
                Sheen = plant.Tip * (1 - 0.42f * near),
            };
            Draw(brush, still, 0);
        }
    }

    /// <param name="first">The number of the first plant: another number, other plants.</param>
    /// <param name="across">Distance from plant to plant against their height.</param>
    /// <param name="along">Distance from row to row against their height.</param>
    private Plant[] PlantAll(uint first, float across, float along)
    {
        var plants = new List<Plant>();
        var field = Height - _meadow.Horizon;
        var count = first;
        var y = _meadow.Horizon + Math.Max(0.5f, 0.004f * Height);
        while (y < Height + 0.42f * field)
        {
            var near = (y - _meadow.Horizon) / field;
            var tall = Math.Max(3f, 0.40f * field * near);
            // Broad leaves in front hide each other; fewer will do.
            var sparse = 1 + 0.25f * Smooth(0.35f, 1.1f, near);
            var spacing = Math.Max(2.4f, across * tall * sparse);
            for (var x = -0.6f * tall - spacing; x < Width + 0.6f * tall + spacing; x += spacing)
                plants.Add(Grow(x, y, near, tall, spacing, count++));
            y += Math.Max(0.9f, along * tall * sparse);
        }
        var all = plants.ToArray();
        // A stable order, so that the picture does not depend on the sort.
        return [.. all.OrderBy(plant => plant.Y)];
    }

    private Plant Grow(float x, float y, float near, float tall, float spacing, uint number)
    {
        var dice = 0u;
        var key = Hash(Seed, number);
        float Roll() => Unit(Hash(key, ++dice));

        x += spacing * 1.5f * (Roll() - 0.5f);
        y += 0.10f * tall * (Roll() - 0.5f);
        float worldX = (x - Width / 2f) / Height / (near + 0.12f), worldZ = 1 / (near + 0.12f);
        var patch = SceneMath.Clouds(Seed + 301, worldX * 1.6f + 50, worldZ * 2.2f);
        var dry = Smooth(0.52f, 0.75f, SceneMath.Clouds(Seed + 331, worldX * 2.3f + 90, worldZ * 2.6f));
        var glow = _meadow.Glow(x);
        // Leaves are taller toward both sides in front, which leaves a view to the middle.
        var aside = MathF.Abs(x / Width - 0.47f) * 2;
        var height = tall * (0.55f + 0.75f * Roll()) * (1 + Smooth(0.45f, 1.2f, near) * (0.75f * aside * aside - 0.30f)) * (0.8f + 0.4f * patch);

        var fresh = new Tint(134, 178, 48).Towards(new(78, 148, 62), patch).Towards(new(196, 184, 96), 0.75f * dry);
        var tip = fresh * (0.80f + 0.40f * Roll()) + new Tint(46, 36, 4) * glow;
        var root = new Tint(30, 62, 22).Towards(new(52, 84, 26), patch) * (0.75f + 0.4f * Roll());
        var away = 1 - Smooth(0.02f, 0.42f, near);
        var haze = _meadow.Haze(x);
        root = root.Towards(tip * 0.78f, 0.75f * away).Towards(haze, 0.62f * away * away);
        tip = tip.Towards(haze, 0.52f * away * away);

        var plant = new Plant
        {
            X = x,
            Y = y,
            Height = Math.Max(2, height),
            HalfWidth = Math.Max(0.42f, tall * 0.0135f * (0.6f + 0.8f * Roll())),
            Lean = height * 0.36f * (Roll() + Roll() - 1),
            Give = height * (0.30f + 0.32f * Roll()),
            Root = root.Clamped(),
            Tip = tip.Clamped(),
            Sheen = tip.Towards(new(236, 240, 170), 0.55f).Clamped(),
            Gust = Phase(0.42f * worldX + 0.30f * worldZ + 0.55f * SceneMath.Clouds(Seed + 401, worldX * 0.9f + 20, worldZ) + 0.02f * Roll()),
            Ripple = Phase(1.3f * worldX - 0.8f * worldZ + 0.8f * patch),
            Flutter = Hash(key, 99),
            Head = NoFlower,
            Bare = 0.28f * (1 - Smooth(0.25f, 0.7f, near)),
        };
        Crown(ref plant, near, tall, Roll(), Roll(), SceneMath.Clouds(Seed + 501, worldX * 1.9f + 70, worldZ * 2.0f), haze, away);
        return plant;
    }

    /// <summary>Makes some plants stems with an ear or a blossom, more in some places than in others.</summary>
    private void Crown(ref Plant plant, float near, float tall, float chance, float kind, float place, Tint haze, float away)
    {
        var share = 0.10f * Smooth(0.50f, 0.72f, place) + 0.012f;
        if (near > 1.15f || chance > share + 0.05f)
            return;
        plant.Lean *= 0.6f;
        plant.Give *= 0.7f;
        if (chance > share)
        {
            plant.Head = Ear;
            plant.Height *= 1.22f;
            plant.HalfWidth *= 0.62f;
            plant.Tip = new Tint(214, 190, 128).Towards(new(176, 140, 134), kind).Towards(haze, 0.5f * away * away);
            plant.Sheen = plant.Tip.Towards(new(255, 240, 196), 0.5f);
            return;
        }
        plant.Head = kind < 0.36f ? 0 : kind < 0.60f ? 1 : kind < 0.78f ? 2 : 3;
        plant.Height = tall * (0.72f + 0.45f * (chance / share));
        plant.HalfWidth *= 0.5f;
        plant.Grade = _flowers.Grade(tall * (plant.Head == 1 ? 0.085f : 0.062f));
    }
}
