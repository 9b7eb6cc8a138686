namespace LivePool.App.Reports.Html;

/// <summary>The page's two signs.</summary>
internal static class Icons
{
    /// <summary>Passed.</summary>
    public static Fragment Check { get; } = Fragment.Of($"""
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M3 8.5l3.2 3.2L13 4.8"/></svg>
        """);

    /// <summary>Failed.</summary>
    public static Fragment Cross { get; } = Fragment.Of($"""
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M4 4l8 8M12 4l-8 8"/></svg>
        """);
}
