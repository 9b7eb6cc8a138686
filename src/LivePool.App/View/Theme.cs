using SkiaSharp;

namespace LivePool.App.View;

/// <summary>The window's colours.</summary>
/// <param name="Name">As the state file has it.</param>
/// <param name="Ground">Behind the pictures.</param>
/// <param name="Panel">Behind text.</param>
/// <param name="Ink">Text.</param>
/// <param name="Faint">Text that matters less, and lines.</param>
/// <param name="Accent">What is pointed at.</param>
/// <param name="Good">What is right.</param>
/// <param name="Bad">What is wrong.</param>
internal sealed record Theme(
    string Name, SKColor Ground, SKColor Panel, SKColor Ink, SKColor Faint, SKColor Accent, SKColor Good, SKColor Bad)
{
    public static Theme Dark { get; } = new(
        "dark", new(0x17, 0x17, 0x17), new(0x22, 0x22, 0x24), new(0xF2, 0xF2, 0xF2), new(0x9A, 0x9A, 0xA2),
        new(0xFF, 0xD0, 0x3B), new(0x2E, 0xB8, 0x4C), new(0xE5, 0x2E, 0x2E));

    public static Theme Light { get; } = new(
        "light", new(0xF4, 0xF4, 0xF2), new(0xFF, 0xFF, 0xFF), new(0x1B, 0x1B, 0x1F), new(0x6C, 0x6C, 0x74),
        new(0xC2, 0x41, 0x0C), new(0x15, 0x80, 0x3D), new(0xC8, 0x1E, 0x1E));
}
