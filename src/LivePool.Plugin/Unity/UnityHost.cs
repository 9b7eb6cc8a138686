using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace LivePool.Plugin.Unity;

/// <summary>
/// The host that loaded the library, if it is one of Unity's kind. Load, unload and device events may come twice, late or
/// not at all.
/// </summary>
internal static unsafe class UnityHost
{
    private static readonly Lock _gate = new();
    private static UnityGraphics* _graphics;
    private static UnityLog* _log;
    private static int? _firstEvent;
    private static int? _renderer;

    /// <summary>What the host calls when its device comes or goes: the loader's, which calls <see cref="SetDevice"/>.</summary>
    public static delegate* unmanaged[Stdcall]<int, void> DeviceEventCallback { get; set; }

    /// <summary>The renderer's number; null where there is no host or no device.</summary>
    public static int? Renderer
    {
        get
        {
            lock (_gate)
                return _renderer;
        }
    }

    /// <summary>The first of the event numbers that the host gave the library, one for each engine; null where it gave none.</summary>
    public static int? FirstEvent
    {
        get
        {
            lock (_gate)
                return _firstEvent;
        }
    }

    public static void Load(UnityInterfaces* interfaces)
    {
        if (interfaces is null || interfaces->GetInterfaceSplit is null)
            throw new StatusException(Status.InvalidArgument, "UnityPluginLoad: the host has no interfaces");
        Unload();
        var graphics = (UnityGraphics*)interfaces->GetInterfaceSplit(UnityGraphics.High, UnityGraphics.Low);
        bool isWhole = graphics is not null && graphics->IsWhole;
        lock (_gate)
        {
            _log = (UnityLog*)interfaces->GetInterfaceSplit(UnityLog.High, UnityLog.Low);
            _graphics = isWhole ? graphics : null;
        }
        if (!isWhole)
            throw new StatusException(Status.Unavailable, "UnityPluginLoad: the host has no graphics interface, or an older one; render events will not come");
        graphics->RegisterDeviceEventCallback(DeviceEventCallback);
        int first = graphics->ReserveEventIdRange(EngineTable.MostEngines);
        lock (_gate)
            _firstEvent = first;
        // A library that is loaded late has missed it.
        SetDevice(DeviceEvent.Initialize);
    }

    public static void Unload()
    {
        UnityGraphics* graphics;
        lock (_gate)
        {
            graphics = _graphics;
            _graphics = null;
            _log = null;
            _firstEvent = null;
            _renderer = null;
        }
        if (graphics is not null)
            graphics->UnregisterDeviceEventCallback(DeviceEventCallback);
    }

    /// <summary>Takes a device event.</summary>
    public static void SetDevice(DeviceEvent kind)
    {
        UnityGraphics* graphics;
        lock (_gate)
            graphics = _graphics;
        if (graphics is null)
            return;
        if (kind is DeviceEvent.Shutdown or DeviceEvent.BeforeReset)
            LeaveDevice();
        int? renderer = kind switch
        {
            DeviceEvent.Initialize or DeviceEvent.AfterReset => graphics->GetRenderer(),
            _ => null,
        };
        lock (_gate)
            _renderer = renderer;
    }

    /// <summary>Frees what engines have in the host's GL context, if it is current here; else it is gone with the context.</summary>
    private static void LeaveDevice()
    {
        for (int slot = 0; slot < EngineTable.MostEngines; slot++)
        {
            if (EngineTable.AtSlot(slot) is not { } engine)
                continue;
            using Engine.Visit visit = engine.EnterIfFree();
            if (visit.IsTurnedAway)
                continue;
            try
            {
                engine.LeaveDevice();
            }
            catch (Exception e)
            {
                // The others are to leave all the same.
                _ = Failures.Report(e);
            }
        }
        GlSession.FreeOrphans();
        GlSession.EndDevice();
    }

    /// <summary>Runs the engine of an event number on the render thread.</summary>
    [UnmanagedCallersOnly(EntryPoint = "livepool_engine_render_event", CallConvs = [typeof(CallConvStdcall)])]
    public static void OnRenderEvent(int eventId)
    {
        try
        {
            GlSession.FreeOrphans();
            int slot = eventId - (FirstEvent ?? throw new StatusException(Status.NotReady, "a render event came without a host"));
            _ = RunOn(EngineTable.AtSlot(slot) ?? throw new StatusException(Status.InvalidEngine, $"render event {eventId} is of no engine"));
        }
        catch (Exception e)
        {
            _ = Failures.Report(e);
        }
    }

    /// <summary>Runs the engine that a <c>livepool_render_event</c> names, and notes in it what came of that.</summary>
    [UnmanagedCallersOnly(EntryPoint = "livepool_engine_render_event_and_data", CallConvs = [typeof(CallConvStdcall)])]
    public static void OnRenderEventAndData(int eventId, RenderEventBlock* data)
    {
        bool isKnown = data is not null && data->StructSize == sizeof(RenderEventBlock);
        int status;
        try
        {
            if (!isKnown)
                throw new StatusException(Status.InvalidArgument, data is null ? "a render event came without its data" : $"livepool_render_event.struct_size is {data->StructSize}; this library's has {sizeof(RenderEventBlock)}");
            GlSession.FreeOrphans();
            status = data->Engine == 0 ? (int)Status.Ok : RunOn(EngineTable.Find(data->Engine));
        }
        catch (Exception e)
        {
            status = Failures.Report(e);
        }
        if (isKnown)
            data->Status = status;
    }

    private static int RunOn(Engine engine)
    {
        if (engine.NeedsGl && Renderer is { } renderer and not (UnityGraphics.OpenGlCore or UnityGraphics.OpenGlEs3))
        {
            throw new StatusException(Status.Unavailable,
                $"the host's renderer is {renderer}, which is not OpenGL ({UnityGraphics.OpenGlCore} or {UnityGraphics.OpenGlEs3}); make the engine with LIVEPOOL_BACKEND_SIMD");
        }
        using Engine.Visit visit = Engine.Enter(engine);
        return visit.IsTurnedAway ? Failures.ReportBusy() : visit.Engine.Run();
    }

    /// <summary>Hands the last result to a texture of the host's.</summary>
    [UnmanagedCallersOnly(EntryPoint = "livepool_engine_texture_update", CallConvs = [typeof(CallConvStdcall)])]
    public static void OnTextureUpdate(int eventId, TextureUpdate* update)
    {
        if (update is null)
            return;
        if (eventId == TextureUpdate.End)
        {
            NativeMemory.Free(update->Pixels);
            update->Pixels = null;
            return;
        }
        update->Pixels = null;
        if (eventId != TextureUpdate.Begin)
            return;
        void* pixels = null;
        try
        {
            using Engine.Visit visit = Engine.Enter(EngineTable.FindByLowBits(update->UserData));
            if (visit.IsTurnedAway)
                return;
            pixels = NativeMemory.Alloc((nuint)update->Width * update->Height, update->BytesPerPixel);
            FeatureTexture.Fill(visit.Engine, *update, pixels);
            update->Pixels = pixels;
        }
        catch (Exception e)
        {
            NativeMemory.Free(pixels);
            _ = Failures.Report(e);
        }
    }

    /// <summary>Tells the host's log.</summary>
    public static void Log(string message)
    {
        UnityLog* log;
        lock (_gate)
            log = _log;
        if (log is null || log->Log is null)
            return;
        fixed (byte* text = Encoding.UTF8.GetBytes($"LivePool: {message}\0"))
        fixed (byte* file = "liblivepool\0"u8)
            log->Log(UnityLog.Error, text, file, 0);
    }
}
