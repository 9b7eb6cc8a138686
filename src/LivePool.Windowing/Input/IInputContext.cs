namespace Silk.NET.Input;

/// <summary>The input devices of one view. Their events are raised inside the view's DoEvents.</summary>
public interface IInputContext : IDisposable
{
    /// <summary>The view's handle.</summary>
    nint Handle { get; }

    /// <summary>The keyboards; there is one, for all that are plugged in.</summary>
    IReadOnlyList<IKeyboard> Keyboards { get; }

    /// <summary>The mice; there is one, for all that are plugged in.</summary>
    IReadOnlyList<IMouse> Mice { get; }
}
