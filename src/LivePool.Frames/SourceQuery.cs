using System.Globalization;

namespace LivePool.Frames;

/// <summary>What follows the name of a source: <c>?size=640x480&amp;seed=1</c>.</summary>
internal static class SourceQuery
{
    /// <summary>Names and values, each name once.</summary>
    /// <exception cref="FrameSourceException">A name is given twice.</exception>
    public static IEnumerable<(string Name, string Value)> Split(string source, string query)
    {
        var given = new HashSet<string>();
        foreach (var item in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = item.Split('=', 2) is [var left, var right] ? (left, right) : (item, "");
            if (!given.Add(name))
                throw new FrameSourceException($"cannot open '{source}': {name} is given twice; give it once");
            yield return (name, value);
        }
    }

    /// <summary>WIDTHxHEIGHT, within the limits.</summary>
    /// <exception cref="FrameSourceException">It is not that.</exception>
    public static (int Width, int Height) Size(string source, string value, ImageLimits limits)
    {
        var sides = value.Split('x');
        return sides.Length == 2 && Whole(sides[0], out var width) && Whole(sides[1], out var height)
            && width >= 1 && height >= 1 && width <= limits.MaxSide && height <= limits.MaxSide && (long)width * height <= limits.MaxPixels
            ? (width, height)
            : throw new FrameSourceException($"cannot open '{source}': size '{value}' is not good; give WIDTHxHEIGHT, " +
                $"such as 1280x720, each side from 1 to {limits.MaxSide}, at most {limits.MaxPixels} pixels");

        static bool Whole(string digits, out int number) =>
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
