using Spectre.Console;

namespace LivePool.App.Commands;

/// <summary>A progress bar over frames, where somebody sees it.</summary>
internal static class FrameProgress
{
    /// <param name="frames">How many there are; <see cref="int.MaxValue"/> where that is not known.</param>
    /// <param name="work">Calls its argument after each frame.</param>
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
            task.IsIndeterminate = frames == int.MaxValue;
            work(() => task.Increment(1));
        });
    }
}
