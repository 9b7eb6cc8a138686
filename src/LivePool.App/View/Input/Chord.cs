using Silk.NET.Input;

namespace LivePool.App.View.Input;

/// <summary>A key, and what is held with it.</summary>
internal readonly record struct Chord(Key Key, bool Control = false, bool Shift = false)
{
    /// <summary>As a user reads it.</summary>
    public override string ToString() => (Control ? "Ctrl+" : "") + (Shift ? "Shift+" : "") + Key switch
    {
        Key.Escape => "Esc",
        Key.Comma => ",",
        Key.Period => ".",
        Key.Slash => "/",
        _ => Key.ToString(),
    };
}
