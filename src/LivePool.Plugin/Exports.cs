using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using LivePool.Core.Tensors;
using LivePool.Plugin.Unity;

namespace LivePool.Plugin;

/// <summary>The functions of native/include/livepool.h, which says what they do. No exception leaves them.</summary>
internal static unsafe class Exports
{
    private const uint AbiVersion = 1;
    private static readonly byte[] _version = CreateVersion();

    private const int LongestName = 256;
    private const int LongestPipeline = 16 << 20;
    private const int MostValues = 1 << 20;

    /// <summary>Called by the loader, once and before any other function.</summary>
    /// <param name="deviceEvent">What the host is to call for <see cref="OnDeviceEvent"/>.</param>
    /// <param name="reason">Where the text goes if the engine cannot start.</param>
    /// <param name="size">Of that, in bytes.</param>
    [UnmanagedCallersOnly(EntryPoint = "livepool_engine_start")]
    public static int StartEngine(delegate* unmanaged[Stdcall]<int, void> deviceEvent, byte* reason, int size)
    {
        try
        {
            RuntimeStart.Finish();
            UnityHost.DeviceEventCallback = deviceEvent;
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            int status = Failures.Report(e);
            Failures.CopyText(reason, size);
            return status;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_engine_device_event", CallConvs = [typeof(CallConvStdcall)])]
    public static void OnDeviceEvent(int kind)
    {
        try
        {
            UnityHost.SetDevice((DeviceEvent)kind);
        }
        catch (Exception e)
        {
            _ = Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_abi_version")]
    public static uint GetAbiVersion() => AbiVersion;

    [UnmanagedCallersOnly(EntryPoint = "livepool_version")]
    public static byte* GetVersion() => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_version));

    [UnmanagedCallersOnly(EntryPoint = "livepool_layout")]
    public static int WriteLayout(int index, MemberBlock* member)
    {
        try
        {
            Require(member, member is null ? 0 : member->StructSize, sizeof(MemberBlock), "livepool_member");
            Layout.Write(index, member);
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_last_error")]
    public static int GetLastError(byte* buffer, int size) => Failures.CopyText(buffer, size);

    [UnmanagedCallersOnly(EntryPoint = "livepool_set_log")]
    public static int SetLog(delegate* unmanaged<void*, int, byte*, void> callback, void* user)
    {
        Failures.SetLog(callback, user);
        return (int)Status.Ok;
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_create")]
    public static int Create(OptionsBlock* options, ulong* handle)
    {
        try
        {
            RequirePointer(handle, "engine");
            *handle = 0;
            if (options is not null)
                Require(options, options->StructSize, sizeof(OptionsBlock), "livepool_options");
            var engine = new Engine(options is null ? default : *options);
            try
            {
                *handle = EngineTable.Add(engine);
            }
            catch
            {
                engine.Dispose();
                throw;
            }
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_destroy")]
    public static int Destroy(ulong handle)
    {
        try
        {
            using Engine.Visit visit = Engine.Enter(handle);
            if (visit.IsTurnedAway)
                return Failures.ReportBusy();
            try
            {
                visit.Engine.Dispose();
            }
            finally
            {
                // It may have been turned away.
                if (visit.Engine.IsDisposed)
                    EngineTable.Remove(handle);
            }
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_set_pipeline")]
    public static int SetPipeline(ulong handle, byte* json, long bytes)
    {
        try
        {
            using Engine.Visit visit = Engine.Enter(handle);
            if (visit.IsTurnedAway)
                return Failures.ReportBusy();
            RequirePointer(json, "json");
            if (bytes is < -1 or > LongestPipeline)
                throw new StatusException(Status.InvalidArgument, $"bytes is {bytes}; must be -1 or up to {LongestPipeline}");
            visit.Engine.SetPipeline(bytes < 0 ? Text(json, LongestPipeline, "json") : new(json, (int)bytes));
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_set_parameter")]
    public static int SetParameter(ulong handle, int stage, byte* name, double* values, int count)
    {
        try
        {
            using Engine.Visit visit = Engine.Enter(handle);
            if (visit.IsTurnedAway)
                return Failures.ReportBusy();
            RequirePointer(name, "name");
            RequirePointer(values, "values");
            if (count is < 1 or > MostValues)
                throw new StatusException(Status.InvalidArgument, $"count is {count}; must be from 1 to {MostValues}");
            visit.Engine.SetParameter(stage, Encoding.UTF8.GetString(Text(name, LongestName, "name")), new(values, count));
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_submit")]
    public static int Submit(ulong handle, FrameBlock* frame)
    {
        try
        {
            using Engine.Visit visit = Engine.EnterInput(handle);
            if (visit.IsTurnedAway)
                return Failures.ReportBusy();
            Require(frame, frame is null ? 0 : frame->StructSize, sizeof(FrameBlock), "livepool_frame");
            visit.Engine.Submit(*frame);
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_submit_texture")]
    public static int SubmitTexture(ulong handle, TextureBlock* texture)
    {
        try
        {
            using Engine.Visit visit = Engine.EnterInput(handle);
            if (visit.IsTurnedAway)
                return Failures.ReportBusy();
            Require(texture, texture is null ? 0 : texture->StructSize, sizeof(TextureBlock), "livepool_texture");
            visit.Engine.Submit(*texture);
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_set_output_texture")]
    public static int SetOutputTexture(ulong handle, TextureBlock* texture)
    {
        try
        {
            using Engine.Visit visit = Engine.Enter(handle);
            if (visit.IsTurnedAway)
                return Failures.ReportBusy();
            if (texture is not null)
                Require(texture, texture->StructSize, sizeof(TextureBlock), "livepool_texture");
            visit.Engine.SetOutputTexture(texture is null ? null : *texture);
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_run")]
    public static int Run(ulong handle)
    {
        try
        {
            using Engine.Visit visit = Engine.Enter(handle);
            return visit.IsTurnedAway ? Failures.ReportBusy() : visit.Engine.Run();
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_stage_count")]
    public static int GetStageCount(ulong handle, int* count)
    {
        try
        {
            using Engine.Visit visit = Engine.Enter(handle);
            if (visit.IsTurnedAway)
                return Failures.ReportBusy();
            RequirePointer(count, "count");
            *count = visit.Engine.StageCount;
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_stage_shape")]
    public static int GetStageShape(ulong handle, int stage, int* shape)
    {
        try
        {
            using Engine.Visit visit = Engine.Enter(handle);
            if (visit.IsTurnedAway)
                return Failures.ReportBusy();
            RequirePointer(shape, "shape");
            TensorShape found = visit.Engine.StageShape(stage);
            (shape[0], shape[1], shape[2], shape[3]) = (found.N, found.C, found.H, found.W);
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_stage_time")]
    public static int GetStageTime(ulong handle, int stage, double* milliseconds)
    {
        try
        {
            using Engine.Visit visit = Engine.Enter(handle);
            if (visit.IsTurnedAway)
                return Failures.ReportBusy();
            RequirePointer(milliseconds, "milliseconds");
            *milliseconds = visit.Engine.StageTime(stage);
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_output")]
    public static int GetOutput(ulong handle, int stage, float** data, long* count)
    {
        try
        {
            using Engine.Visit visit = Engine.Enter(handle);
            if (visit.IsTurnedAway)
                return Failures.ReportBusy();
            RequirePointer(data, "data");
            RequirePointer(count, "count");
            ReadOnlySpan<float> output = visit.Engine.Output(stage);
            // The backends' outputs lie outside the garbage collector's reach.
            *data = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(output));
            *count = output.Length;
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_timings_of")]
    public static int GetTimings(ulong handle, TimingsBlock* timings)
    {
        try
        {
            using Engine.Visit visit = Engine.Enter(handle);
            if (visit.IsTurnedAway)
                return Failures.ReportBusy();
            Require(timings, timings is null ? 0 : timings->StructSize, sizeof(TimingsBlock), "livepool_timings");
            *timings = visit.Engine.Timings;
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_set_display")]
    public static int SetDisplay(ulong handle, double black, double white)
    {
        try
        {
            using Engine.Visit visit = Engine.Enter(handle);
            if (visit.IsTurnedAway)
                return Failures.ReportBusy();
            visit.Engine.SetDisplay(black, white);
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_renderer")]
    public static int GetRenderer(int* renderer)
    {
        try
        {
            RequirePointer(renderer, "renderer");
            *renderer = UnityHost.Renderer ?? throw new StatusException(Status.NotReady, "no host with a graphics device has loaded the library");
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "livepool_event_id")]
    public static int GetEventId(ulong handle, int* eventId)
    {
        try
        {
            RequirePointer(eventId, "event_id");
            _ = EngineTable.Find(handle);
            int first = UnityHost.FirstEvent ?? throw new StatusException(Status.NotReady, "no host has loaded the library");
            *eventId = first + EngineTable.SlotOf(handle);
            return (int)Status.Ok;
        }
        catch (Exception e)
        {
            return Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "UnityPluginLoad", CallConvs = [typeof(CallConvStdcall)])]
    public static void LoadPlugin(UnityInterfaces* interfaces)
    {
        try
        {
            UnityHost.Load(interfaces);
        }
        catch (Exception e)
        {
            _ = Failures.Report(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "UnityPluginUnload", CallConvs = [typeof(CallConvStdcall)])]
    public static void UnloadPlugin()
    {
        try
        {
            UnityHost.Unload();
        }
        catch (Exception e)
        {
            _ = Failures.Report(e);
        }
    }

    private static byte[] CreateVersion()
    {
        string version = typeof(Exports).Assembly.GetName().Version!.ToString(3);
        byte[] text = GC.AllocateArray<byte>(Encoding.UTF8.GetByteCount(version) + 1, pinned: true);
        Encoding.UTF8.GetBytes(version, text);
        return text;
    }

    private static void RequirePointer(void* pointer, string name)
    {
        if (pointer is null)
            throw new StatusException(Status.InvalidArgument, $"{name} is null");
    }

    private static void Require(void* block, uint size, int expected, string name)
    {
        RequirePointer(block, name);
        if (size != expected)
            throw new StatusException(Status.InvalidArgument, $"{name}.struct_size is {size}; this library's has {expected}");
    }

    // Byte by byte: what lies behind the end may not be read.
    private static ReadOnlySpan<byte> Text(byte* text, int longest, string name)
    {
        for (int length = 0; length < longest; length++)
        {
            if (text[length] == 0)
                return new(text, length);
        }
        throw new StatusException(Status.InvalidArgument, $"{name} has no end within {longest} bytes");
    }
}
