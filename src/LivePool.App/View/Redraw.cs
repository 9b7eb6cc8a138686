namespace LivePool.App.View;

/// <summary>What has changed since it was drawn, or written, last.</summary>
internal sealed class Redraw
{
    private bool _window = true;
    private bool _panel = true;
    private bool _labels = true;
    private bool _title = true;
    private bool _state = true;

    /// <summary>Something that is drawn with every frame.</summary>
    public void Window() => _window = true;

    /// <summary>Anything: after what a user did, or what is shown for the first time.</summary>
    public void All() => _window = _panel = _labels = _title = _state = true;

    public bool IsWindowDue => _window;

    public bool TakeWindow() => Take(ref _window);

    public bool TakePanel() => Take(ref _panel);

    public bool TakeLabels() => Take(ref _labels);

    public bool TakeTitle() => Take(ref _title);

    public bool TakeState() => Take(ref _state);

    private static bool Take(ref bool isDue)
    {
        bool was = isDue;
        isDue = false;
        return was;
    }
}
