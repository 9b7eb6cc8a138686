using Silk.NET.Input;

namespace LivePool.App.View.Input;

/// <summary>A part of the window that takes what is typed.</summary>
internal interface ITextEntry
{
    /// <summary>Whether it does now.</summary>
    bool IsTyping { get; }

    /// <summary>Takes a key; what it types comes as a character too.</summary>
    /// <returns>Whether it is of use here; else it is a command's.</returns>
    bool Press(Key key);

    /// <summary>Takes a character.</summary>
    void Type(char character);
}
