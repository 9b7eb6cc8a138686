using System.Runtime.InteropServices;

namespace LivePool.Gpu.UserShaders;

/// <summary>What changes from run to run for a free stage.</summary>
/// <param name="Frame">The run's number, from 0.</param>
/// <param name="Seconds">Since the first.</param>
/// <param name="MouseX">The pointer's column in the output; below 0 where it is elsewhere.</param>
/// <param name="MouseY">The pointer's row likewise.</param>
/// <param name="IsMouseDown">Whether its button is held.</param>
public readonly record struct FreeMoment(int Frame, float Seconds, float MouseX = -1, float MouseY = -1, bool IsMouseDown = false);

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
