using System.CommandLine;
using System.Globalization;
using LivePool.App.View;

namespace LivePool.App.Commands;

internal static class ViewCommand
{
    public static Command Create(CommonOptions options)
    {
        var command = new Command("view", "Opens the window: input and feature maps, live. F1 shows the keys.");
        Argument<string> source = CommonOptions.CreateSource();
        command.Add(source);
        var stateFile = new Option<string?>("--state-file") { Description = "Write what the window shows to a file, four times a second, as JSON.", HelpName = "FILE" };
        command.Add(stateFile);
        var scale = new Option<float>("--scale") { Description = "How large text and panels are: 2 for twice as large, on a dense display.", HelpName = "FACTOR", DefaultValueFactory = _ => 1 };
        scale.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(float.TryParse(text, CultureInfo.InvariantCulture, out float factor) && factor is >= 0.5f and <= 4))
                result.AddError($"--scale is '{text}'; it must be a number from 0.5 to 4.");
        });
        command.Add(scale);
        options.AddTo(command);
        command.Add(options.ConvertsOnGpu);
        command.SetAction(parsed =>
        {
            LiveWindow.Show(new(
                parsed.GetValue(source)!, parsed.GetValue(options.Pipeline)!, parsed.GetValue(options.Backend)!,
                parsed.GetValue(options.Threads), parsed.GetValue(options.Shaders), parsed.GetValue(stateFile), parsed.GetValue(scale),
                parsed.GetValue(options.ConvertsOnGpu)));
            return 0;
        });
        return command;
    }
}
