using Silk.NET.Input;

namespace LivePool.App.View.Input;

/// <summary>A part of the window that takes what is typed.</summary>
internal interface ITextEntry
{
    /// <summary>Whether it does now.</summary>
    bool IsTyping { get; }

    /// <summary>Takes a key that is no character.</summary>
    void Press(Key key);

    /// <summary>Takes a character.</summary>
    void Type(char character);
}
