using LivePool.Core;
using LivePool.Gpu.UserShaders;
using LivePool.Shaders;

namespace LivePool.App.Lab;

/// <summary>Runs the lab once, or whenever a file was saved.</summary>
internal sealed class LabSession(LabRequest request)
{
    private const int BadInput = 2;

    private static readonly TimeSpan _betweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly ShaderFolder _folder = ShaderFolder.Locate(request.Shaders);
    private readonly ShaderWatcher _watcher = new();
    private UserShader[] _last = [];

    /// <summary>Loads, compiles, checks, times.</summary>
    /// <exception cref="LivePoolException">What is wrong with the shader or the request.</exception>
    public int Run()
    {
        string[] paths = request.Other is null ? [request.File] : [request.File, request.Other];
        if (paths.Any(string.IsNullOrEmpty))
            throw new LivePoolException("a shader's name is empty; give a file");
        // Before anything is read, so that no save is missed, and whether it can be read or not.
        _watcher.Watch(paths.SelectMany(path => _folder.FilesOf(Path.GetFullPath(path))).DistinctBy(file => file.FullPath));
        UserShader[] shaders = [.. paths.Select(path => UserShader.Load(_folder, path))];
        for (int i = 0; i < _last.Length; i++)
            shaders[i] = shaders[i].WithValuesOf(_last[i]);
        foreach ((string name, string value) in request.Settings)
            Set(shaders, name, value);
        if (shaders.Select(shader => shader.Claim).Distinct().Count() > 1)
        {
            throw new LivePoolException($"--compare needs two shaders of a kind: {shaders[0].Name} is {KindOf(shaders[0])}, {shaders[1].Name} {KindOf(shaders[1])}");
        }
        RefuseWhatDoesNothing(shaders[0].Claim);
        int exitCode = 0;
        if (shaders[0].Claim is null)
            new FreeLab(request, _folder).Run(shaders);
        else
            exitCode = new OperatorLab(request, _folder).Run(shaders);
        _last = shaders;
        return exitCode;
    }

    /// <summary>Runs now and after each save, until it is stopped.</summary>
    /// <returns>The last run's exit code.</returns>
    public int Watch(CancellationToken stop)
    {
        int exitCode = RunAndTell();
        while (!stop.IsCancellationRequested)
        {
            if (_watcher.TryTake(out IReadOnlyList<string> changed))
            {
                Console.Out.WriteLine();
                Console.Out.WriteLine($"{string.Join(", ", changed.Select(Path.GetFileName))} saved at {DateTime.Now:HH:mm:ss}");
                exitCode = RunAndTell();
            }
            else
            {
                stop.WaitHandle.WaitOne(_betweenLooks);
            }
        }
        return exitCode;
    }

    private int RunAndTell()
    {
        int exitCode;
        try
        {
            exitCode = Run();
        }
        catch (LivePoolException e) when (e is not BackendUnavailableException)
        {
            LabErrors.Write(e);
            if (_last.Length > 0)
                Console.Error.WriteLine("livepool: the last good program and what it wrote stay as they are");
            exitCode = BadInput;
        }
        Console.Out.WriteLine($"watching {request.File}; Ctrl-C ends");
        return exitCode;
    }

    private static void Set(UserShader[] shaders, string name, string value)
    {
        bool isKnown = shaders.Any(Declares);
        for (int i = 0; i < shaders.Length; i++)
        {
            if (Declares(shaders[i]) || !isKnown)
                shaders[i] = (UserShader)shaders[i].WithValue(name, value);
        }

        bool Declares(UserShader shader) => shader.Annotations.Parameters.Any(parameter => parameter.Name == name);
    }

    private void RefuseWhatDoesNothing(string? claimed)
    {
        if (claimed is not null && request.Output is not null)
            throw new LivePoolException($"--out is for shaders without @op, but {request.File} claims to be {claimed}; --pixel shows its values");
        if (claimed is not null && request.Frames > 1)
            throw new LivePoolException($"--frames is for shaders without @op, but {request.File} claims to be {claimed}");
    }

    private static string KindOf(UserShader shader) =>
        shader.Claim is { } claimed ? $"@op {claimed}" : "one without @op";
}
