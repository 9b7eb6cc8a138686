using Spectre.Console;

namespace LivePool.App.Commands;

/// <summary>A progress bar over frames, where somebody sees it.</summary>
internal static class FrameProgress
{
    /// <summary>Does the work, which calls its argument after each frame.</summary>
    public static void Run(int frames, Action<Action> work)
    {
        if (frames == 1 || Console.IsErrorRedirected || Console.IsOutputRedirected)
        {
            work(() => { });
            return;
        }
        AnsiConsole.Progress().AutoClear(true).Start(context =>
        {
            ProgressTask task = context.AddTask("frames", maxValue: frames);
            work(() => task.Increment(1));
        });
    }
}
