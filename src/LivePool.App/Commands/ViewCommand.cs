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
        var shader = new Option<string?>("--shader")
        {
            Description = "Run a shader of yours: in the stages that it claims to be by // @op, or behind the others; alone without --pipeline. Saving it is seen at once.",
            HelpName = "FILE.comp",
        };
        command.Add(shader);
        var second = new Option<string?>("--compare") { Description = "Another shader, to be set beside the first.", HelpName = "OTHER.comp" };
        second.Validators.Add(result =>
        {
            if (result.GetValue(shader) is null)
                result.AddError("--compare needs a --shader to compare with.");
        });
        command.Add(second);
        options.AddTo(command);
        command.Add(options.ConvertsOnGpu);
        command.SetAction(parsed =>
        {
            LiveWindow.Show(new(
                parsed.GetValue(source)!, parsed.GetResult(options.Pipeline) is { Implicit: false } ? parsed.GetValue(options.Pipeline) : null, parsed.GetValue(options.Backend)!,
                parsed.GetValue(options.Threads), parsed.GetValue(options.Shaders), parsed.GetValue(stateFile), parsed.GetValue(scale),
                parsed.GetValue(options.ConvertsOnGpu), parsed.GetValue(shader), parsed.GetValue(second)));
            return 0;
        });
        return command;
    }
}
