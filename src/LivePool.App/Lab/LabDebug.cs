using LivePool.App.Reports;
using LivePool.Gpu;
using LivePool.Gpu.UserShaders;

namespace LivePool.App.Lab;

/// <summary>Prints what a shader wrote by <c>DEBUG(value)</c>.</summary>
internal static class LabDebug
{
    /// <summary>The first values, a line each.</summary>
    /// <param name="compiled">A pipeline of the shader alone.</param>
    /// <param name="shader">The shader.</param>
    /// <param name="most">How many are printed.</param>
    /// <param name="what">What it ran on.</param>
    public static void Write(GpuCompiledPipeline compiled, UserShader shader, int most, string what)
    {
        if (!shader.UsesDebug)
            return;
        (long written, IReadOnlyList<DebugRecord> kept) = compiled.ReadDebugValues(0);
        Console.Out.WriteLine($"DEBUG on {what}: {Numbers.Count(written)} values{(written > kept.Count ? $", {Numbers.Count(kept.Count)} of them kept" : "")}" +
            $"{(kept.Count > most ? $", the first {most}" : "")}{(written == 0 ? "" : ":")}");
        foreach (DebugRecord record in kept.Take(most))
            Console.Out.WriteLine($"  {record.Place} ({record.X}, {record.Y}, {record.Z}) {record.Text}");
    }
}
