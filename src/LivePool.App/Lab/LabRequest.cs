namespace LivePool.App.Lab;

/// <summary>What <c>livepool lab</c> was asked for.</summary>
/// <param name="File">The shader.</param>
/// <param name="Other">Another one to compare it with; null for none.</param>
/// <param name="Source">The picture that it runs on.</param>
/// <param name="Output">Where a free shader's picture is written; null for nowhere.</param>
/// <param name="Frames">How many frames a free shader runs for.</param>
/// <param name="Cases">Random cases after the table.</param>
/// <param name="Seed">Their seed.</param>
/// <param name="Pixel">The output pixel that is inspected; null for none.</param>
/// <param name="DebugValues">How many values of DEBUG are printed.</param>
/// <param name="Settings">Parameters' values.</param>
/// <param name="Json">A report for machines; null for none.</param>
/// <param name="Shaders">Another folder of shaders.</param>
/// <param name="Timed">Whether it is timed.</param>
internal sealed record LabRequest(
    string File, string? Other, string Source, string? Output, int Frames, int Cases, int Seed, LabPixel? Pixel, int DebugValues,
    IReadOnlyList<(string Name, string Value)> Settings, string? Json, string? Shaders, bool Timed = true);

/// <summary>A pixel of the output.</summary>
/// <param name="X">Column.</param>
/// <param name="Y">Row.</param>
/// <param name="Channel">Channel.</param>
internal readonly record struct LabPixel(int X, int Y, int Channel);
