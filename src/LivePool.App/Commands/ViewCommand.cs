using System.CommandLine;
namespace LivePool.App.Commands;
internal static class ViewCommand { public static Command Create(CommonOptions o) => new("view", "x"); }
