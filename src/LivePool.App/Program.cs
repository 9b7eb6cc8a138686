using System.CommandLine;
using System.Text.RegularExpressions;
using LivePool.App.Commands;
using LivePool.Core;
using LivePool.Frames;

namespace LivePool.App;

/// <summary>
/// Exit codes: 0 good, 1 a comparison failed, 2 bad usage or input, 3 the requested backend or device is not there.
/// </summary>
internal static partial class Program
{
    private const int BadUsage = 2;
    private const int BackendUnavailable = 3;

    private static int Main(string[] arguments)
    {
        var root = new RootCommand("Streams pictures through convolution and pooling, live and exact.");
        var options = new CommonOptions();
        root.Add(ViewCommand.Create(options));
        root.Add(RunCommand.Create(options));
        root.Add(BenchCommand.Create(options));
        root.Add(OpCommand.Create(options));
        root.Add(VerifyCommand.Create(options));
        root.Add(ExplainCommand.Create(options));
        root.Add(LabCommand.Create(options));
        root.Add(NewCommand.Create(options));
        root.Add(InfoCommand.Create(options));
        root.SetAction(_ => DefaultCommand.Run());

        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            string verb = parsed.CommandResult.Command == root ? "" : $" {parsed.CommandResult.Command.Name}";
            return Complain($"{Plain(parsed.Errors[0].Message).TrimEnd('.')}; see livepool{verb} --help", BadUsage);
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (BackendUnavailableException e)
        {
            return Complain(e.Message, BackendUnavailable);
        }
        catch (FrameSourceException e) when (e.IsDeviceMissing)
        {
            return Complain(e.Message, BackendUnavailable);
        }
        catch (LivePoolException e)
        {
            return Complain(e.Message, BadUsage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What the program reads and writes says so itself; this is the terminal or pipe that its output goes to.
            return Complain($"the output cannot be written: {e.Message}", BadUsage);
        }
        catch (Exception e) when (e is OutOfMemoryException or OverflowException)
        {
            return Complain($"not enough memory for these sizes; use a smaller picture or fewer channels ({e.Message})", BadUsage);
        }
    }

    /// <summary>Says "a number" where the library names one of .NET's types.</summary>
    private static string Plain(string message) => CannotParse().Replace(message, match =>
        $"{match.Groups["option"]} is '{match.Groups["text"]}'; it must be a {(match.Groups["type"].Value.Contains("Int", StringComparison.Ordinal) ? "whole " : "")}number");

    [GeneratedRegex("^Cannot parse argument '(?<text>.*)' for option '(?<option>[^']+)' as expected type '(?<type>.*)'.*$", RegexOptions.Singleline)]
    private static partial Regex CannotParse();

    private static int Complain(string message, int exitCode)
    {
        Console.Error.WriteLine($"livepool: {string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}");
        return exitCode;
    }
}
