using LivePool.App.View;
using LivePool.Core;
using LivePool.Core.Pipelines;

namespace LivePool.App.Commands;

/// <summary>No verb: the window on the grass scene where there is a display, else one frame of it headless, saying why.</summary>
internal static class DefaultCommand
{
    public const string Scene = "scene:grass";

    public static int Run()
    {
        try
        {
            LiveWindow.Show(new(Scene, PipelinePresets.Default, BackendNames.Auto, Threads: 0, Shaders: null, StateFile: null, Scale: 1));
            return 0;
        }
        catch (BackendUnavailableException e)
        {
            Console.Error.WriteLine($"livepool: no window: {e.Message}");
            return RunCommand.Run(new(Scene, "out", Record: null, Frames: null, PipelinePresets.Default, BackendNames.Auto, Threads: 0, Shaders: null));
        }
    }
}
