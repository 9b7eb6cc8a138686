using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using LivePool.Frames.V4l2;

namespace LivePool.Frames.Tests.V4l2;

/// <summary>
/// Every public constant, and of every struct the size and each member's size and offset, beside what a C compiler makes of the
/// system's headers. Whatever is added to these classes is compared too: a name that C does not have does not compile.
/// </summary>
public sealed partial class LayoutTests : IDisposable
{
    private static readonly Dictionary<string, string> _structs = new()
    {
        ["FmtDesc"] = "v4l2_fmtdesc",
        ["FrmSizeDiscrete"] = "v4l2_frmsize_discrete",
        ["FrmSizeStepwise"] = "v4l2_frmsize_stepwise",
        ["FrmSizeEnum"] = "v4l2_frmsizeenum",
        ["FrmIvalStepwise"] = "v4l2_frmival_stepwise",
        ["FrmIvalEnum"] = "v4l2_frmivalenum",
        ["CaptureParm"] = "v4l2_captureparm",
        ["StreamParm"] = "v4l2_streamparm",
        ["RequestBuffers"] = "v4l2_requestbuffers",
        ["PollFd"] = "pollfd",
        ["Statx"] = "statx",
    };

    private static readonly Dictionary<string, string> _members = new()
    {
        ["FmtDesc.PixelFormat"] = "pixelformat",
        ["PixFormat.PixelFormat"] = "pixelformat",
        ["PixFormat.BytesPerLine"] = "bytesperline",
        ["PixFormat.SizeImage"] = "sizeimage",
        ["PlanePixFormat.BytesPerLine"] = "bytesperline",
        ["PlanePixFormat.SizeImage"] = "sizeimage",
        ["PlanePixFormats.First"] = "plane_fmt[0]",
        ["PixFormatMplane.PixelFormat"] = "pixelformat",
        ["Format.Pix"] = "fmt.pix",
        ["Format.PixMp"] = "fmt.pix_mp",
        ["CaptureParm.CaptureMode"] = "capturemode",
        ["CaptureParm.TimePerFrame"] = "timeperframe",
        ["CaptureParm.ExtendedMode"] = "extendedmode",
        ["CaptureParm.ReadBuffers"] = "readbuffers",
        ["StreamParm.Capture"] = "parm.capture",
        ["Plane.BytesUsed"] = "bytesused",
        ["Plane.MemOffset"] = "m.mem_offset",
        ["Buffer.BytesUsed"] = "bytesused",
        ["Buffer.TimestampSeconds"] = "timestamp.tv_sec",
        ["Buffer.TimestampMicroseconds"] = "timestamp.tv_usec",
        ["Buffer.Offset"] = "m.offset",
        ["Buffer.Planes"] = "m.planes",
        ["Statx.Mask"] = "stx_mask",
        ["Statx.Gid"] = "stx_gid",
    };

    private static readonly Dictionary<string, string> _constants = new()
    {
        ["YcbcrEnc601"] = "V4L2_YCBCR_ENC_601",
        ["YcbcrEnc709"] = "V4L2_YCBCR_ENC_709",
        ["QueryCap"] = "VIDIOC_QUERYCAP",
        ["EnumFmt"] = "VIDIOC_ENUM_FMT",
        ["SFmt"] = "VIDIOC_S_FMT",
        ["ReqBufs"] = "VIDIOC_REQBUFS",
        ["QueryBuf"] = "VIDIOC_QUERYBUF",
        ["QBuf"] = "VIDIOC_QBUF",
        ["DqBuf"] = "VIDIOC_DQBUF",
        ["StreamOn"] = "VIDIOC_STREAMON",
        ["StreamOff"] = "VIDIOC_STREAMOFF",
        ["GParm"] = "VIDIOC_G_PARM",
        ["SParm"] = "VIDIOC_S_PARM",
        ["EnumFrameSizes"] = "VIDIOC_ENUM_FRAMESIZES",
        ["EnumFrameIntervals"] = "VIDIOC_ENUM_FRAMEINTERVALS",
        ["ReadWrite"] = "O_RDWR",
        ["NonBlocking"] = "O_NONBLOCK",
        ["CloseOnExec"] = "O_CLOEXEC",
        ["ProtectRead"] = "PROT_READ",
        ["ProtectWrite"] = "PROT_WRITE",
        ["MapShared"] = "MAP_SHARED",
        ["PollIn"] = "POLLIN",
        ["CurrentFolder"] = "AT_FDCWD",
        ["WantsGroup"] = "STATX_GID",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("livepool").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Structs_and_constants_are_those_of_the_C_headers()
    {
        var ours = new Dictionary<string, long>();
        foreach (Type type in (Type[])[typeof(Videodev2), typeof(LibC), typeof(Errno)])
        {
            AddConstants(type, ours);
            foreach (Type nested in type.GetNestedTypes())
                AddStruct(nested, ours);
        }
        string[] names = [.. ours.Keys];
        Assert.Equal(names.Select(name => $"{name} {ours[name]}"), Compile(names));
        // Nothing was left out.
        Assert.All((string[])["sizeof(struct v4l2_buffer)", "offsetof(struct v4l2_format, fmt.pix_mp)", "VIDIOC_DQBUF", "EIO", "O_CLOEXEC"],
            name => Assert.Contains(name, names));
    }

    private static void AddConstants(Type type, Dictionary<string, long> values)
    {
        foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            string name = type == typeof(Errno) ? field.Name : _constants.GetValueOrDefault(field.Name) ?? $"V4L2_{Snake(field.Name).ToUpperInvariant()}";
            object value = field.GetValue(null)!;
            values.Add(name, value is nuint request ? (long)request : Convert.ToInt64(value, CultureInfo.InvariantCulture));
        }
    }

    private static void AddStruct(Type type, Dictionary<string, long> values)
    {
        AddConstants(type, values);
        bool isArray = type.GetCustomAttribute<InlineArrayAttribute>() is not null;
        // An array of C has no name of its own; its size is that of the member.
        string name = isArray ? "struct v4l2_pix_format_mplane" : $"struct {_structs.GetValueOrDefault(type.Name) ?? $"v4l2_{Snake(type.Name)}"}";
        if (!isArray)
            values.Add($"sizeof({name})", SizeOf(type));
        foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            string member = _members.GetValueOrDefault($"{type.Name}.{field.Name}") ?? Snake(field.Name);
            if (!isArray)
                values.Add($"offsetof({name}, {member})", OffsetOf(type, field));
            values.Add($"sizeof((({name} *)0)->{member})", field.GetCustomAttribute<FixedBufferAttribute>() is { } array ? array.Length * SizeOf(array.ElementType) : SizeOf(field.FieldType));
        }
    }

    private static long SizeOf(Type type)
    {
        var method = new DynamicMethod("SizeOf", typeof(int), []);
        ILGenerator code = method.GetILGenerator();
        code.Emit(OpCodes.Sizeof, type);
        code.Emit(OpCodes.Ret);
        return (int)method.Invoke(null, null)!;
    }

    private static long OffsetOf(Type type, FieldInfo field)
    {
        var method = new DynamicMethod("OffsetOf", typeof(long), [], typeof(Videodev2).Module, skipVisibility: true);
        ILGenerator code = method.GetILGenerator();
        code.DeclareLocal(type);
        code.Emit(OpCodes.Ldloca, 0);
        code.Emit(OpCodes.Ldflda, field);
        code.Emit(OpCodes.Conv_I8);
        code.Emit(OpCodes.Ldloca, 0);
        code.Emit(OpCodes.Conv_I8);
        code.Emit(OpCodes.Sub);
        code.Emit(OpCodes.Ret);
        return (long)method.Invoke(null, null)!;
    }

    private string[] Compile(string[] expressions)
    {
        var source = new StringBuilder("""
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <linux/videodev2.h>
            #include <poll.h>
            #include <stddef.h>
            #include <stdio.h>
            #include <sys/mman.h>
            #include <sys/stat.h>
            int main(void) {

            """);
        foreach (string expression in expressions)
            source.AppendLine(CultureInfo.InvariantCulture, $"    printf(\"{expression} %lld\\n\", (long long)({expression}));");
        File.WriteAllText(Path.Combine(_folder, "layout.c"), source.AppendLine("}").ToString());
        Run("clang", "layout.c", "-o", "layout");
        return Run(Path.Combine(_folder, "layout")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {error.Result}");
        return output;
    }

    private static string Snake(string name) => WordStart().Replace(name, "_").ToLowerInvariant();

    [GeneratedRegex("(?<!^)(?=[A-Z])")]
    private static partial Regex WordStart();
}
