using System.Reflection;
using LivePool.Gpu;
using LivePool.Gpu.Context;
using LivePool.Shaders;

namespace LivePool.Plugin;

/// <summary>
/// What an engine has in its host's GL context: made by the first <see cref="Enter"/>, in the context that is current then, and
/// used only there. Where it is disposed and the context is not current, it waits for another session to enter that context.
/// </summary>
internal sealed class GlSession : IDisposable
{
    private static readonly Lock _gate = new();
    private static readonly List<GlSession> _orphans = [];
    private static int _devices;

    private readonly int _device;
    private readonly nint _handle;
    private readonly GpuBackend _backend;
    private readonly GlStateGuard _state;
    private readonly ContextMark _mark;
    private bool _isLost;

    private GlSession(CurrentContext current)
    {
        _device = Volatile.Read(ref _devices);
        _handle = current.Handle;
        GpuContext context = GpuContext.FromCurrent(current);
        _backend = new GpuBackend(context, ShaderFolder.Within(Assembly.GetExecutingAssembly()));
        _state = new GlStateGuard(context, _backend.Limits);
        _mark = new ContextMark(context);
    }

    /// <summary>Within the context, and the host's state kept, until disposed.</summary>
    public readonly ref struct Visit(GlSession session)
    {
        public GpuBackend Backend => session._backend;

        public void Dispose() => session._state.Restore();
    }

    /// <summary>Whether the context is known to be gone, and with it all that was in it.</summary>
    public bool IsGone => _isLost || _device != Volatile.Read(ref _devices);

    /// <summary>Whether the context is current on this thread. Where another one has its address, it is known to be gone from then on.</summary>
    public bool IsCurrent
    {
        get
        {
            if (IsGone || CurrentContext.Find()?.Handle != _handle)
                return false;
            _isLost = !_mark.IsThere();
            return !_isLost;
        }
    }

    /// <summary>Begins a session in the context that is current on this thread.</summary>
    public static GlSession Begin() => new(CurrentContext.Find()
        ?? throw new StatusException(Status.Unavailable, "no GL context is current on this thread; call where one is, such as in a render event"));

    /// <summary>Throws unless the context is current on this thread.</summary>
    public void RequireCurrent()
    {
        if (!IsCurrent)
            throw new StatusException(Status.WrongThread, "the GL context that the engine first ran in is not current on this thread");
    }

    /// <summary>Enters the session's context, which must be current on this thread.</summary>
    public Visit Enter()
    {
        FreeOrphans();
        _state.Save();
        return new(this);
    }

    /// <summary>Frees all: now if the context is current on this thread, else when a session enters it.</summary>
    public void Dispose()
    {
        if (TryFree())
            return;
        lock (_gate)
            _orphans.Add(this);
    }

    /// <summary>Frees what sessions that have ended left in the context that is current, if one is.</summary>
    public static void FreeOrphans()
    {
        lock (_gate)
        {
            for (int i = _orphans.Count - 1; i >= 0; i--)
            {
                if (_orphans[i].TryFree())
                    _orphans.RemoveAt(i);
            }
        }
    }

    /// <summary>Notes that the host's contexts end: what is in them is not touched any more.</summary>
    public static void EndDevice() => Interlocked.Increment(ref _devices);

    private bool TryFree()
    {
        bool isCurrent = IsCurrent;
        if (IsGone)
        {
            _backend.Context.Abandon();
            _backend.Dispose();
            return true;
        }
        if (!isCurrent)
            return false;
        _state.Save();
        using (new Visit(this))
        {
            _backend.Dispose();
            _mark.Remove();
        }
        return true;
    }
}
