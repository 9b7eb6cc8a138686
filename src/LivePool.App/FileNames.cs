using System.Globalization;

namespace LivePool.App;

/// <summary>What files are called that the program makes by itself.</summary>
internal static class FileNames
{
    /// <summary>A name without its ending, which no file made at another millisecond has.</summary>
    public static string At(DateTime time) => string.Create(CultureInfo.InvariantCulture, $"livepool-{time:yyyyMMdd-HHmmss-fff}");
}
