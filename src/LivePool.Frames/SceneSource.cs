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
        foreach (var (key, value) in SourceQuery.Split(source, query))
        {
            switch (key)
            {
                case "size":
                    (width, height) = SourceQuery.Size(source, value, limits);
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
