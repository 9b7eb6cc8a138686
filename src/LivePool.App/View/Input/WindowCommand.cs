namespace LivePool.App.View.Input;

/// <summary>Something that the window does when it is told to.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Keys">What it is told by; none for the palette alone.</param>
/// <param name="Run">Does it.</param>
/// <param name="IsPossible">Whether there is anything for it to do now; null for always. A key does the first of its commands that is possible.</param>
internal sealed record WindowCommand(string Name, IReadOnlyList<Chord> Keys, Action Run, Func<bool>? IsPossible = null)
{
    public bool CanRun => IsPossible?.Invoke() ?? true;
}
