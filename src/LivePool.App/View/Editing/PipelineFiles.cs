using System.Text;
using LivePool.App.Reports;
using LivePool.Core;
using LivePool.Core.Pipelines;
using Silk.NET.Input;

namespace LivePool.App.View.Editing;

/// <summary>Takes the pipeline along, as a file or in the clipboard, and opens others.</summary>
/// <param name="engine">What runs it.</param>
/// <param name="edits">Its changes.</param>
/// <param name="source">What frames come from, as the command line has it.</param>
/// <param name="keyboard">Whose clipboard it is; null where there is none.</param>
/// <param name="messages">Where it says what was done.</param>
internal sealed class PipelineFiles(Engine engine, PipelineEdits edits, Func<string> source, Func<IKeyboard?> keyboard, Messages messages)
{
    private const int MostFiles = 12;
    private const int MostLookedInto = 48;
    private const int MostBytes = 1 << 20;
    private const double LookSeconds = 2;

    private (string Name, Action Open)[] _found = [];
    private long _lookedAt = long.MinValue;

    public void Save()
    {
        string path = $"{FileNames.At(DateTime.Now)}.json";
        try
        {
            File.WriteAllText(path, PipelineJson.Write(edits.Pipeline));
            messages.Say($"saved {Path.GetFullPath(path)}");
            _lookedAt = long.MinValue;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            messages.Say($"not saved: {path}: {e.Message}");
        }
    }

    public void CopyPyTorch() => Copy("PyTorch code", PyTorchCode.Write(edits.Pipeline));

    public void CopyJson() => Copy("JSON", PipelineJson.Write(edits.Pipeline));

    public void CopyCommand()
    {
        try
        {
            Copy("the command line", ShellCommand.Run(source(), edits.Pipeline));
        }
        catch (LivePoolException e)
        {
            messages.Say(e.Message);
        }
    }

    private void Copy(string what, string text)
    {
        if (keyboard() is not { } device)
        {
            messages.Say("there is no keyboard, and so no clipboard");
            return;
        }
        device.ClipboardText = text;
        messages.Say($"{what} is in the clipboard, {Encoding.UTF8.GetByteCount(text)} bytes");
    }

    /// <summary>The presets, and the pipelines in this folder, the newest first.</summary>
    public IReadOnlyList<(string Name, Action Open)> Found()
    {
        if (_lookedAt != long.MinValue && Environment.TickCount64 - _lookedAt < 1000 * LookSeconds)
            return _found;
        _lookedAt = Environment.TickCount64;
        _found =
        [
            .. engine.Pipelines.Select(pipeline => (pipeline.Name, (Action)(() => Take(pipeline)))),
            .. FilesHere().Select(file => (file.Name, (Action)(() => Open(file.FullName)))),
        ];
        return _found;
    }

    private static IReadOnlyList<FileInfo> FilesHere()
    {
        try
        {
            return [.. new DirectoryInfo(".").EnumerateFiles("*.json").OrderByDescending(file => file.LastWriteTimeUtc).Take(MostLookedInto).Where(IsPipeline).Take(MostFiles)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that is gone, or cannot be read, has none to offer.
            return [];
        }
    }

    /// <summary>Whether a file looks like a pipeline: what it is worth is seen when it is opened.</summary>
    private static bool IsPipeline(FileInfo file)
    {
        try
        {
            return RegularFile.ReadAllBytes(file.FullName, MostBytes).AsSpan().IndexOf("\"stages\""u8) >= 0;
        }
        catch (LivePoolException)
        {
            // What cannot be read, or is so large, is not offered.
            return false;
        }
    }

    /// <summary>Opens a pipeline's file, or says why it is none.</summary>
    public void Open(string path)
    {
        try
        {
            Take(PipelineJson.ReadFile(path, engine.LoadShader));
        }
        catch (LivePoolException e)
        {
            messages.Say(e.Message);
        }
    }

    private void Take(Pipeline pipeline) => messages.Say(edits.Do(_ => pipeline, isMarked: false) ? pipeline.Name : edits.Refusal!);
}
