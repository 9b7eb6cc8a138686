namespace Silk.NET.Windowing;

/// <summary>What can be said with the members of <see cref="IView"/>.</summary>
public static class WindowExtensions
{
    /// <summary>Initializes, runs until closed (events, update, render), and resets.</summary>
    /// <param name="view">The view.</param>
    public static void Run(this IView view)
    {
        view.Initialize();
        view.Run(() =>
        {
            view.DoEvents();
            if (!view.IsClosing)
                view.DoUpdate();
            if (!view.IsClosing)
                view.DoRender();
        });
        view.DoEvents();
        view.Reset();
    }

    /// <summary>Makes the view's context, if any, current on this thread.</summary>
    /// <param name="view">The view.</param>
    public static void MakeCurrent(this IView view) => view.GLContext?.MakeCurrent();

    /// <summary>Takes the view's context, if any, from this thread.</summary>
    /// <param name="view">The view.</param>
    public static void ClearContext(this IView view) => view.GLContext?.Clear();

    /// <summary>Shows what was drawn into the view's context, if any.</summary>
    /// <param name="view">The view.</param>
    public static void SwapBuffers(this IView view) => view.GLContext?.SwapBuffers();

    /// <summary>Calls <paramref name="t"/> on the view's thread and waits for it.</summary>
    /// <param name="view">The view.</param>
    /// <param name="t">What to call.</param>
    public static void Invoke(this IView view, Action t) => view.Invoke(t, []);
}
