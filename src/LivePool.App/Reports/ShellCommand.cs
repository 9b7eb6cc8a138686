using System.Buffers;
using System.Text;
using LivePool.Core;
using LivePool.Core.Pipelines;

namespace LivePool.App.Reports;

/// <summary>A command line that can be pasted into a shell.</summary>
internal static class ShellCommand
{
    /// <summary>Linux takes no longer word.</summary>
    private const int LongestWordBytes = (128 << 10) - 1;

    private static readonly SearchValues<char> _plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-");

    /// <summary>Puts the words together; those that a shell would read as more than a word are in single quotes.</summary>
    public static string Of(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>The command that runs a pipeline on a source: a preset by its name, another one by its JSON.</summary>
    /// <exception cref="LivePoolException">The JSON is too long for a command line.</exception>
    public static string Run(string source, Pipeline pipeline)
    {
        string json = PipelineJson.Write(pipeline, isIndented: false);
        bool isPreset = PipelinePresets.Names.Contains(pipeline.Name) &&
            json == PipelineJson.Write(PipelinePresets.Load(pipeline.Name), isIndented: false);
        if (!isPreset && Encoding.UTF8.GetByteCount(json) is var bytes && bytes > LongestWordBytes)
        {
            throw new LivePoolException($"the pipeline is {bytes} bytes of JSON, but a command line takes {LongestWordBytes}; " +
                "save it as a file and give that to --pipeline");
        }
        // What begins with a dash would be an option.
        return Of(["livepool", "run", source.StartsWith('-') ? $"./{source}" : source, "--pipeline", isPreset ? pipeline.Name : json]);
    }

    private static string Quote(string word) => word.Length > 0 && word.AsSpan().IndexOfAnyExcept(_plain) < 0
        ? word
        : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
