namespace LivePool.App.View;

/// <param name="Source">What to show.</param>
/// <param name="Pipeline">A preset, a file or JSON; null for the default one.</param>
/// <param name="Backend">Who is asked to compute.</param>
/// <param name="Threads">Threads of the SIMD backend.</param>
/// <param name="Shaders">Another folder of shaders.</param>
/// <param name="StateFile">Where to write what is shown; null for nowhere.</param>
/// <param name="Scale">How many times larger text and panels are than they are by themselves.</param>
/// <param name="Shader">A shader of the user's that the pipeline is to run; null for none.</param>
/// <param name="Second">Another to be set beside it; null for none.</param>
/// <param name="ConvertsOnGpu">Whether also a GPU that is a processor makes planes of frames.</param>
internal sealed record ViewRequest(
    string Source, string? Pipeline, string Backend, int Threads, string? Shaders, string? StateFile, float Scale, bool ConvertsOnGpu = false,
    string? Shader = null, string? Second = null);
