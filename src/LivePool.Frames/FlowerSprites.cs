using static LivePool.Frames.SceneMath;

namespace LivePool.Frames;

/// <summary>Blossoms in graded sizes, painted once and then only blended; each in four places within a pixel across and two down.</summary>
internal sealed class FlowerSprites
{
    public const int Kinds = 4, PlacesAcross = 4, PlacesDown = 2;
    private const int Samples = 4;
    private readonly float[] _radii;
    private readonly uint[][] _sprites;

    /// <param name="largest">Radius in pixels of the largest blossom.</param>
    public FlowerSprites(float largest)
    {
        var radii = new List<float>();
        for (var radius = Math.Max(0.7f, largest); radius >= 0.7f; radius *= 0.8f)
            radii.Add(radius);
        _radii = [.. radii];
        _sprites = new uint[Kinds * _radii.Length * PlacesAcross * PlacesDown][];
        for (var kind = 0; kind < Kinds; kind++)
            for (var grade = 0; grade < _radii.Length; grade++)
                for (var place = 0; place < PlacesAcross * PlacesDown; place++)
                    _sprites[Index(kind, grade, place)] = Paint(kind, _radii[grade], place);
    }

    /// <summary>The grade whose radius is nearest to one in pixels.</summary>
    public int Grade(float radius)
    {
        var best = 0;
        for (var i = 1; i < _radii.Length; i++)
            if (MathF.Abs(_radii[i] - radius) < MathF.Abs(_radii[best] - radius))
                best = i;
        return best;
    }

    public void Draw(in Brush brush, int kind, int grade, float x, float y)
    {
        var size = Size(_radii[grade]);
        float left = x - size / 2f, top = y - size / 2f;
        float column = MathF.Floor(left), row = MathF.Floor(top);
        var place = (int)((left - column) * PlacesAcross) + PlacesAcross * (int)((top - row) * PlacesDown);
        brush.Draw(_sprites[Index(kind, grade, place)], size, (int)column, (int)row);
    }

    private int Index(int kind, int grade, int place) => (kind * _radii.Length + grade) * PlacesAcross * PlacesDown + place;

    private static int Size(float radius) => 2 * (int)(radius + 2);

    private static uint[] Paint(int kind, float radius, int place)
    {
        var size = Size(radius);
        var sprite = new uint[size * size];
        float shiftX = place % PlacesAcross / (float)PlacesAcross, shiftY = place / PlacesAcross / (float)PlacesDown;
        for (var i = 0; i < sprite.Length; i++)
        {
            var sum = default(Tint);
            var hits = 0;
            for (var sample = 0; sample < Samples * Samples; sample++)
            {
                var x = (i % size + (sample % Samples + 0.5f) / Samples - size / 2f - shiftX) / radius;
                var y = (i / size + (sample / Samples + 0.5f) / Samples - size / 2f - shiftY) / radius;
                if (Colour(kind, x, y) is not { } tint)
                    continue;
                sum += tint;
                hits++;
            }
            if (hits != 0)
                sprite[i] = (sum * (1f / hits)).Pack() & 0xFFFFFF | (uint)(255 * hits / (Samples * Samples)) << 24;
        }
        return sprite;
    }

    /// <summary>The colour at a point of a blossom of radius 1, seen from a little above; null beside it.</summary>
    private static Tint? Colour(int kind, float x, float y)
    {
        var v = y / 0.78f;
        var distance = MathF.Sqrt(x * x + v * v);
        // Light comes from the upper right.
        var light = 1 - 0.16f * (y - 0.5f * x);
        return kind switch
        {
            0 => distance < 0.30f ? new Tint(250, 196, 40) * (light - 0.5f * distance)
                : Petal(13, 0.60f, 0.40f, 0.125f, x, v) is { } p ? new Tint(250, 249, 242) * (0.84f * light + 0.14f * p) : null,
            1 => distance < 0.20f ? new Tint(38, 24, 30)
                : Petal(5, 0.50f, 0.50f, 0.52f, x, v) is { } p ? new Tint(226, 48, 30) * (light * (0.55f + 0.45f * p) + 0.1f) : null,
            2 => distance < 0.26f ? new Tint(96, 62, 170) * light
                : Petal(9, 0.60f, 0.42f, 0.15f, x, v) is { } p ? new Tint(84, 112, 226) * (0.8f * light + 0.3f * p) : null,
            _ => distance < 0.22f ? new Tint(226, 158, 16) * light
                : Petal(5, 0.52f, 0.46f, 0.36f, x, v) is { } p ? new Tint(255, 218, 44) * (0.82f * light + 0.2f * p) : null,
        };
    }

    /// <summary>How far out on a petal of an ellipse's shape a point is, 0 to 1; null between petals.</summary>
    private static float? Petal(int count, float middle, float length, float half, float x, float y)
    {
        for (var petal = 0; petal < count; petal++)
        {
            var phase = Phase((petal + 0.3f) / count);
            float c = Cosine(phase), s = Sine(phase);
            float along = (x * c + y * s - middle) / length, across = (y * c - x * s) / half;
            if (along * along + across * across < 1)
                return (along + 1) / 2;
        }
        return null;
    }
}
