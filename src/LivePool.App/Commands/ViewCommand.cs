using System.CommandLine;
using LivePool.App.View;

namespace LivePool.App.Commands;

internal static class ViewCommand
{
    public static Command Create(CommonOptions options)
    {
        var command = new Command("view", "Opens the window: input and feature maps, live. H shows the keys.");
        Argument<string> source = CommonOptions.CreateSource();
        command.Add(source);
        var stateFile = new Option<string?>("--state-file") { Description = "Write what the window shows to a file, four times a second, as JSON.", HelpName = "FILE" };
        command.Add(stateFile);
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            LiveWindow.Show(new(
                parsed.GetValue(source)!, parsed.GetValue(options.Pipeline)!, parsed.GetValue(options.Backend)!,
                parsed.GetValue(options.Threads), parsed.GetValue(options.Shaders), parsed.GetValue(stateFile)));
            return 0;
        });
        return command;
    }
}
