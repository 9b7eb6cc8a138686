using System.Runtime.InteropServices;

namespace LivePool.Frames.V4l2;

#pragma warning disable CS0649 // The kernel fills them.

/// <summary>
/// Constants and structs of &lt;linux/videodev2.h&gt;, named as there, on 64 bits. A test compares sizes, offsets and request
/// numbers with the header's.
/// </summary>
internal static unsafe class Videodev2
{
    public const uint BufTypeVideoCapture = 1, BufTypeVideoCaptureMplane = 9;
    public const uint MemoryMmap = 1;
    public const uint FieldNone = 1;

    public const uint CapVideoCapture = 0x1, CapVideoOutput = 0x2, CapVideoCaptureMplane = 0x1000, CapVideoM2mMplane = 0x4000,
        CapVideoM2m = 0x8000, CapMetaCapture = 0x800000, CapStreaming = 0x4000000, CapDeviceCaps = 0x80000000;

    public const uint CapTimeperframe = 0x1000;
    public const uint PixFmtPrivMagic = 0xFEEDCAFE;

    public const uint FrmsizeTypeDiscrete = 1, FrmivalTypeDiscrete = 1;

    public const uint BufFlagError = 0x40, BufFlagTimestampMask = 0xE000, BufFlagTimestampMonotonic = 0x2000;

    public const uint ColorspaceRec709 = 3, ColorspaceJpeg = 7, ColorspaceBt2020 = 10, ColorspaceSmpte240m = 2, ColorspaceDciP3 = 12;
    public const uint YcbcrEncDefault = 0, YcbcrEnc601 = 1, YcbcrEnc709 = 2, YcbcrEncXv601 = 3, YcbcrEncXv709 = 4, YcbcrEncSycc = 5,
        YcbcrEncBt2020 = 6, YcbcrEncBt2020ConstLum = 7, YcbcrEncSmpte240m = 8;
    public const uint QuantizationDefault = 0, QuantizationFullRange = 1, QuantizationLimRange = 2;

    public static readonly uint PixFmtYuyv = FourCc("YUYV"), PixFmtNv12 = FourCc("NV12"), PixFmtGrey = FourCc("GREY"),
        PixFmtRgb24 = FourCc("RGB3"), PixFmtMjpeg = FourCc("MJPG"), PixFmtJpeg = FourCc("JPEG");

    public static readonly nuint QueryCap = Request(Read, 0, sizeof(Capability)), EnumFmt = Request(Read | Write, 2, sizeof(FmtDesc)),
        SFmt = Request(Read | Write, 5, sizeof(Format)), ReqBufs = Request(Read | Write, 8, sizeof(RequestBuffers)),
        QueryBuf = Request(Read | Write, 9, sizeof(Buffer)), QBuf = Request(Read | Write, 15, sizeof(Buffer)),
        DqBuf = Request(Read | Write, 17, sizeof(Buffer)), StreamOn = Request(Write, 18, sizeof(int)),
        StreamOff = Request(Write, 19, sizeof(int)), GParm = Request(Read | Write, 21, sizeof(StreamParm)),
        SParm = Request(Read | Write, 22, sizeof(StreamParm)), EnumFrameSizes = Request(Read | Write, 74, sizeof(FrmSizeEnum)),
        EnumFrameIntervals = Request(Read | Write, 75, sizeof(FrmIvalEnum));

    private const uint Write = 1, Read = 2;

    public static uint FourCc(string name) => name[0] | (uint)name[1] << 8 | (uint)name[2] << 16 | (uint)name[3] << 24;

    private static nuint Request(uint direction, uint number, int size) => direction << 30 | (uint)size << 16 | (uint)'V' << 8 | number;

    public struct Capability
    {
        public fixed byte Driver[16];
        public fixed byte Card[32];
        public fixed byte BusInfo[32];
        public uint Version;
        public uint Capabilities;
        public uint DeviceCaps;
        public fixed uint Reserved[3];
    }

    public struct FmtDesc
    {
        public uint Index;
        public uint Type;
        public uint Flags;
        public fixed byte Description[32];
        public uint PixelFormat;
        public uint MbusCode;
        public fixed uint Reserved[3];
    }

    public struct FrmSizeDiscrete
    {
        public uint Width;
        public uint Height;
    }

    public struct FrmSizeStepwise
    {
        public uint MinWidth;
        public uint MaxWidth;
        public uint StepWidth;
        public uint MinHeight;
        public uint MaxHeight;
        public uint StepHeight;
    }

    [StructLayout(LayoutKind.Explicit)]
    public struct FrmSizeEnum
    {
        [FieldOffset(0)]
        public uint Index;

        [FieldOffset(4)]
        public uint PixelFormat;

        [FieldOffset(8)]
        public uint Type;

        [FieldOffset(12)]
        public FrmSizeDiscrete Discrete;

        [FieldOffset(12)]
        public FrmSizeStepwise Stepwise;

        [FieldOffset(36)]
        public fixed uint Reserved[2];
    }

    public struct Fract
    {
        public uint Numerator;
        public uint Denominator;
    }

    public struct FrmIvalStepwise
    {
        public Fract Min;
        public Fract Max;
        public Fract Step;
    }

    [StructLayout(LayoutKind.Explicit)]
    public struct FrmIvalEnum
    {
        [FieldOffset(0)]
        public uint Index;

        [FieldOffset(4)]
        public uint PixelFormat;

        [FieldOffset(8)]
        public uint Width;

        [FieldOffset(12)]
        public uint Height;

        [FieldOffset(16)]
        public uint Type;

        [FieldOffset(20)]
        public Fract Discrete;

        [FieldOffset(20)]
        public FrmIvalStepwise Stepwise;

        [FieldOffset(44)]
        public fixed uint Reserved[2];
    }

    public struct PixFormat
    {
        public uint Width;
        public uint Height;
        public uint PixelFormat;
        public uint Field;
        public uint BytesPerLine;
        public uint SizeImage;
        public uint Colorspace;
        public uint Priv;
        public uint Flags;
        public uint YcbcrEnc;
        public uint Quantization;
        public uint XferFunc;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public struct PlanePixFormat
    {
        public uint SizeImage;
        public uint BytesPerLine;
        public fixed ushort Reserved[6];
    }

    [System.Runtime.CompilerServices.InlineArray(8)]
    public struct PlanePixFormats
    {
        public PlanePixFormat First;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public struct PixFormatMplane
    {
        public uint Width;
        public uint Height;
        public uint PixelFormat;
        public uint Field;
        public uint Colorspace;
        public PlanePixFormats PlaneFmt;
        public byte NumPlanes;
        public byte Flags;
        public byte YcbcrEnc;
        public byte Quantization;
        public byte XferFunc;
        public fixed byte Reserved[7];
    }

    [StructLayout(LayoutKind.Explicit, Size = 208)]
    public struct Format
    {
        [FieldOffset(0)]
        public uint Type;

        [FieldOffset(8)]
        public PixFormat Pix;

        [FieldOffset(8)]
        public PixFormatMplane PixMp;
    }

    public struct CaptureParm
    {
        public uint Capability;
        public uint CaptureMode;
        public Fract TimePerFrame;
        public uint ExtendedMode;
        public uint ReadBuffers;
        public fixed uint Reserved[4];
    }

    [StructLayout(LayoutKind.Explicit, Size = 204)]
    public struct StreamParm
    {
        [FieldOffset(0)]
        public uint Type;

        [FieldOffset(4)]
        public CaptureParm Capture;
    }

    public struct RequestBuffers
    {
        public uint Count;
        public uint Type;
        public uint Memory;
        public uint Capabilities;
        public byte Flags;
        public fixed byte Reserved[3];
    }

    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct Plane
    {
        [FieldOffset(0)]
        public uint BytesUsed;

        [FieldOffset(4)]
        public uint Length;

        [FieldOffset(8)]
        public uint MemOffset;

        [FieldOffset(16)]
        public uint DataOffset;

        [FieldOffset(20)]
        public fixed uint Reserved[11];
    }

    [StructLayout(LayoutKind.Explicit, Size = 88)]
    public struct Buffer
    {
        [FieldOffset(0)]
        public uint Index;

        [FieldOffset(4)]
        public uint Type;

        [FieldOffset(8)]
        public uint BytesUsed;

        [FieldOffset(12)]
        public uint Flags;

        [FieldOffset(16)]
        public uint Field;

        [FieldOffset(24)]
        public long TimestampSeconds;

        [FieldOffset(32)]
        public long TimestampMicroseconds;

        [FieldOffset(56)]
        public uint Sequence;

        [FieldOffset(60)]
        public uint Memory;

        [FieldOffset(64)]
        public uint Offset;

        [FieldOffset(64)]
        public Plane* Planes;

        [FieldOffset(72)]
        public uint Length;

        [FieldOffset(76)]
        public uint Reserved2;

        [FieldOffset(80)]
        public int RequestFd;
    }
}
