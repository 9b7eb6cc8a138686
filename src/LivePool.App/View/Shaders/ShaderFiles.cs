using LivePool.App.View.Editing;
using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Gpu.UserShaders;

namespace LivePool.App.View.Shaders;

/// <summary>Opens shaders while frames go on: those that are dropped on the window, and those that it finds.</summary>
internal sealed class ShaderFiles(Engine engine, PipelineEdits edits, Verifier verifier, Messages messages)
{
    private const int MostFiles = 16;
    private const double LookSeconds = 2;

    private (string Name, Action Open)[] _found = [];
    private long _lookedAt = long.MinValue;

    /// <summary>The shaders in this folder, and the experiments.</summary>
    public IReadOnlyList<(string Name, Action Open)> Found()
    {
        if (_lookedAt != long.MinValue && Environment.TickCount64 - _lookedAt < 1000 * LookSeconds)
            return _found;
        _lookedAt = Environment.TickCount64;
        _found = [.. FilesIn("."), .. FilesIn(Path.Combine(engine.Shaders.Root, "experiments"))];
        return _found;
    }

    /// <summary>
    /// Has the pipeline run a shader, on the GPU: in the stages that it claims to be, or behind the others. Where there are no
    /// such stages, or its channels are others, the shader is a pipeline of its own.
    /// </summary>
    public void Open(string path)
    {
        try
        {
            UserShader shader = engine.LoadShader(path);
            Pipeline pipeline = GivenPipeline.With(shader, Fits(shader, edits.Pipeline) ? edits.Pipeline : null);
            engine.RequireShapes(pipeline);
            verifier.Around(engine.TakeGpu);
            messages.Say(edits.Do(_ => pipeline) ? $"{pipeline.Name}: {shader.Name}" : edits.Refusal!);
        }
        catch (LivePoolException e) when (e is not BackendUnavailableException || engine.Backend.Name != BackendNames.Gpu)
        {
            messages.Say(e.Message);
        }
    }

    private bool Fits(UserShader shader, Pipeline pipeline)
    {
        if (shader.Claim is { } claimed)
            return pipeline.Stages.Any(stage => stage.Name == claimed);
        try
        {
            // A second free one takes the first one's place.
            if (engine.InputShape is not { } input || pipeline.Stages.Any(stage => stage is FreeStage))
                return false;
            shader.OutputShape(pipeline.Shapes(input with { C = pipeline.Channels })[^1]);
            return true;
        }
        catch (LivePoolException)
        {
            // Alone it says itself what it does not take.
            return false;
        }
    }

    private (string, Action)[] FilesIn(string folder)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFiles("*.comp").OrderBy(file => file.Name, StringComparer.Ordinal).Take(MostFiles)
                .Select(file => (file.Name, (Action)(() => Open(file.FullName))))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that is not there, or cannot be read, has none to offer.
            return [];
        }
    }
}
