using System.Runtime.InteropServices;

namespace LivePool.Gpu.UserShaders;

/// <summary>Where the pointer is on the output of a free stage.</summary>
/// <param name="Stage">Which stage's output.</param>
/// <param name="X">Its column in it.</param>
/// <param name="Y">Its row.</param>
/// <param name="IsDown">Whether its button is held.</param>
public readonly record struct MousePlace(int Stage, float X, float Y, bool IsDown);

/// <summary>What free stages are told of a run.</summary>
/// <param name="Seconds">The time.</param>
/// <param name="Mouse">Where the pointer is; null where it is elsewhere.</param>
/// <param name="DoesAgain">Whether the last run is done again, from the same output before it, instead of the next.</param>
public readonly record struct FreeMoment(float Seconds, MousePlace? Mouse = null, bool DoesAgain = false);

/// <summary>The uniform block of a free stage's shader.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FreeParameters
{
#pragma warning disable CS1591 // the names say it
    public int Channels;
    public int InputHeight;
    public int InputWidth;
    public int OutputHeight;
    public int OutputWidth;
    public int Frame;
    public float Time;
    public float MouseX;
    public float MouseY;
    public int MouseDown;
#pragma warning restore CS1591
}
