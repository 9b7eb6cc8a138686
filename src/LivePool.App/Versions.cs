using System.Reflection;

namespace LivePool.App;

internal static class Versions
{
    /// <summary>This program's version, such as <c>0.1.0</c>.</summary>
    public static string Program { get; } = Of(typeof(Versions).Assembly);

    /// <summary>The version of an assembly's package, without the commit that may follow it.</summary>
    public static string Of(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? assembly.GetName().Version?.ToString() ?? "unknown";
}
