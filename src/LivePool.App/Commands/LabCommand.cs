using System.CommandLine;
using System.Globalization;
using LivePool.App.Lab;
using LivePool.Core;
using LivePool.Shaders;

namespace LivePool.App.Commands;

/// <summary>Compiles a shader of the user's, checks it against the operator that it claims to be, and times it.</summary>
internal sealed class LabCommand
{
    private const int BadInput = 2;

    private readonly Command _command = new("lab",
        "Compiles a shader, checks it against the exact result of the operator that it claims to be, and times it beside the built-in one.");
    private readonly Argument<string> _file = new("FILE.comp") { Description = "The shader; livepool new shader NAME writes one to start from." };
    private readonly Option<bool> _watch = new("--watch", "-w") { Description = "Do it again whenever the file, or one that it includes, is saved." };
    private readonly Option<string?> _compare = new("--compare") { Description = "Another shader, for times and differences side by side.", HelpName = "OTHER.comp" };
    private readonly Option<string[]> _set = new("--set") { Description = "A value for one of its @params; may be given again.", HelpName = "NAME=VALUE" };
    private readonly Option<string> _input = new("--input")
    {
        Description = "The picture that a shader without @op runs on, and --pixel and DEBUG of others.",
        HelpName = "SOURCE",
        DefaultValueFactory = _ => DefaultCommand.Scene,
    };
    private readonly Option<string?> _output = new("--out", "-o") { Description = "Where the picture of a shader without @op is written.", HelpName = "FILE.png" };
    private readonly Option<int> _frames = Number("--frames", "How many frames a shader without @op runs for.", 1, 1);
    private readonly Option<int> _cases = Number("--cases", "Random cases after those of the table.", 100, 0);
    private readonly Option<int> _seed = Number("--seed", "The seed of the random cases.", 1, int.MinValue);
    private readonly Option<string?> _pixel = new("--pixel") { Description = "Take an output pixel apart.", HelpName = "X,Y[,C]" };
    private readonly Option<int> _debug = Number("--debug", "How many values of DEBUG(value) are printed.", 20, 0);
    private readonly Option<bool> _untimed = new("--no-times") { Description = "Only check; do not time." };
    private readonly Option<string?> _json = new("--json") { Description = "Also write the result here.", HelpName = "FILE" };

    private LabCommand(CommonOptions options)
    {
        _command.Add(_file);
        foreach (Option option in (Option[])[_watch, _compare, _set, _input, _output, _frames, _cases, _seed, _pixel, _debug, _untimed, _json, options.Shaders])
            _command.Add(option);
        _command.SetAction(parsed => Run(parsed, options));
    }

    public static Command Create(CommonOptions options) => new LabCommand(options)._command;

    private static Option<int> Number(string name, string description, int standard, int least)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            // The value of what is no number cannot be asked for.
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, CultureInfo.InvariantCulture, out int number) && number >= least))
                result.AddError($"{name} is '{text}'; it must be a whole number{(least > int.MinValue ? $" of at least {least}" : "")}.");
        });
        return option;
    }

    private int Run(ParseResult parsed, CommonOptions options)
    {
        var request = new LabRequest(
            parsed.GetValue(_file)!, parsed.GetValue(_compare), parsed.GetValue(_input)!, parsed.GetValue(_output), parsed.GetValue(_frames),
            parsed.GetValue(_cases), parsed.GetValue(_seed), ReadPixel(parsed.GetValue(_pixel)), parsed.GetValue(_debug),
            [.. (parsed.GetValue(_set) ?? []).Select(ReadSetting)], parsed.GetValue(_json), parsed.GetValue(options.Shaders), !parsed.GetValue(_untimed));
        if (request.Json is { } json)
            BenchCommand.RequireWritable(json);
        var session = new LabSession(request);
        if (parsed.GetValue(_watch))
        {
            using var stop = new CancellationTokenSource();
            ConsoleCancelEventHandler end = (_, cancel) =>
            {
                cancel.Cancel = true;
                stop.Cancel();
            };
            Console.CancelKeyPress += end;
            int exitCode = session.Watch(stop.Token);
            Console.CancelKeyPress -= end;
            return exitCode;
        }
        try
        {
            return session.Run();
        }
        catch (ShaderCompileException e)
        {
            LabErrors.Write(e);
            return BadInput;
        }
        catch (BackendUnavailableException e)
        {
            // Nothing but a GL runs shaders.
            throw ChosenBackend.WithoutAnother(e);
        }
    }

    private static LabPixel? ReadPixel(string? text)
    {
        if (text is null)
            return null;
        string[] parts = text.Split(',');
        int[] numbers = [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)];
        return numbers.Length is 2 or 3 && numbers.All(number => number >= 0)
            ? new(numbers[0], numbers[1], numbers.Length == 3 ? numbers[2] : 0)
            : throw new LivePoolException($"--pixel is '{text}'; it must be a column and a row, perhaps a channel, such as 100,80 or 100,80,2");
    }

    private static (string, string) ReadSetting(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? (text[..at], text[(at + 1)..])
        : throw new LivePoolException($"--set is '{text}'; it must be a name and a value, such as gain=2");
}
