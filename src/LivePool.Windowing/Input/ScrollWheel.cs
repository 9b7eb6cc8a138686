namespace Silk.NET.Input;

/// <summary>How far a wheel turned, in steps.</summary>
public readonly struct ScrollWheel
{
    /// <summary>A turn.</summary>
    /// <param name="x">Steps to the right.</param>
    /// <param name="y">Steps away from the user.</param>
    public ScrollWheel(float x, float y)
    {
        X = x;
        Y = y;
    }

    /// <summary>Steps to the right.</summary>
    public float X { get; }

    /// <summary>Steps away from the user.</summary>
    public float Y { get; }
}
