using System.Runtime.InteropServices;

namespace LivePool.Plugin;

/// <summary>The header's <c>livepool_status</c>.</summary>
internal enum Status
{
    Ok = 0,
    NothingNew = 1,
    InvalidArgument = -1,
    InvalidEngine = -2,
    InvalidPipeline = -3,
    NotReady = -4,
    Busy = -5,
    Unavailable = -6,
    Failed = -7,
    WrongThread = -8,
}

/// <summary>The header's constants of backends.</summary>
internal enum BackendKind
{
    Simd = 0,
    Reference = 1,
    Gl = 2,
}

/// <summary>The header's constants of formats.</summary>
internal enum FrameFormat
{
    Gray8 = 0,
    Rgb24 = 1,
    Rgba32 = 2,
    Bgra32 = 3,
    Float32 = 4,
}

internal enum LogLevel
{
    Info = 0,
    Warning = 1,
    Error = 2,
}

/// <summary><c>livepool_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OptionsBlock
{
    public uint StructSize;
    public int Backend;
    public int Threads;
    public int KeepStages;
}

/// <summary><c>livepool_frame</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FrameBlock
{
    public uint StructSize;
    public int Format;
    public void* Pixels;
    public long Stride;
    public int Width;
    public int Height;
    public int Channels;
    public int Reserved;
}

/// <summary><c>livepool_texture</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TextureBlock
{
    public uint StructSize;
    public uint Name;
    public int BottomFirst;
    public int Reserved;
}

/// <summary><c>livepool_timings</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimingsBlock
{
    public uint StructSize;
    public int Stages;
    public ulong Submitted;
    public ulong Run;
    public ulong Replaced;
    public ulong Failed;
    public double SubmitMilliseconds;
    public double RunMilliseconds;
}

/// <summary><c>livepool_member</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MemberBlock
{
    public const int NameBytes = 64;

    public uint StructSize;
    public uint Size;
    public uint Offset;
    public uint Reserved;
    public fixed byte Name[NameBytes];
}

/// <summary><c>livepool_render_event</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RenderEventBlock
{
    public uint StructSize;
    public int Status;
    public ulong Engine;
}
