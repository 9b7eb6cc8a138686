namespace LivePool.App.Commands;

/// <summary>No verb: the window on the grass scene where there is a display, else one frame of it headless, saying why.</summary>
internal static class DefaultCommand
{
    public const string Scene = "scene:grass";

    public static int Run()
    {
        // Placeholder until the window is here.
        return RunCommand.Run(new RunRequest(Scene, "out", null, Core.Pipelines.PipelinePresets.Default, BackendNames.Auto, 0, null));
    }
}
