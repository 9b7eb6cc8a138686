using System.Globalization;

namespace LivePool.Frames;

/// <summary>A scene that the program draws itself: <c>scene:grass?size=1280x720&amp;seed=1</c>.</summary>
internal sealed class SceneSource : IFrameSource
{
    public const string Prefix = "scene:";

    private readonly GrassScene _scene;
    private long _next;

    private SceneSource(GrassScene scene)
    {
        _scene = scene;
        Description = $"{Prefix}grass?size={scene.Width}x{scene.Height}&seed={scene.Seed}";
    }

    public string Description { get; }

    public int? FrameCount => null;

    public double? FramesPerSecond => GrassScene.FramesPerSecond;

    public bool IsEndless => true;

    public bool Looping { get; set; }

    /// <exception cref="FrameSourceException">An unknown scene or parameter, or a bad value.</exception>
    public static SceneSource Open(string source, ImageLimits limits)
    {
        var text = source[Prefix.Length..];
        var (name, query) = text.Split('?', 2) is [var before, var after] ? (before, after) : (text, "");
        if (name != "grass")
            throw new FrameSourceException($"cannot open '{source}': there is no scene '{name}'; the scenes are: grass");
        int width = 1280, height = 720;
        var seed = 1u;
        var given = new HashSet<string>();
        foreach (var item in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = item.Split('=', 2) is [var left, var right] ? (left, right) : (item, "");
            if (!given.Add(key))
                throw new FrameSourceException($"cannot open '{source}': {key} is given twice; give it once");
            switch (key)
            {
                case "size":
                    var sides = value.Split('x');
                    if (sides.Length != 2 || !Whole(sides[0], out width) || !Whole(sides[1], out height)
                        || width < 1 || height < 1 || width > limits.MaxSide || height > limits.MaxSide
                        || (long)width * height > limits.MaxPixels)
                    {
                        throw new FrameSourceException($"cannot open '{source}': size '{value}' is not good; give WIDTHxHEIGHT, " +
                            $"such as 1280x720, each side from 1 to {limits.MaxSide}, at most {limits.MaxPixels} pixels");
                    }
                    break;
                case "seed":
                    if (!uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seed))
                        throw new FrameSourceException($"cannot open '{source}': seed '{value}' is not good; give a whole number from 0 to {uint.MaxValue}");
                    break;
                default:
                    throw new FrameSourceException($"cannot open '{source}': there is no parameter '{key}'; the parameters are: size=1280x720, seed=1");
            }
        }
        return new SceneSource(new GrassScene(width, height, seed));

        static bool Whole(string digits, out int number) =>
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    public bool TryRead(Frame frame, CancellationToken cancellation = default)
    {
        _scene.Draw(_next++, frame);
        return true;
    }

    public void Dispose()
    {
    }
}
