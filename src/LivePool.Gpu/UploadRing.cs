using LivePool.Core.Backends;
using System.Diagnostics;
using Silk.NET.OpenGL;

namespace LivePool.Gpu;

/// <summary>
/// Takes 8-bit frames to the device without waiting for it: three staging buffers in turn, each with a fence behind the
/// last copy from it. They stay mapped where the device can do that; else each frame gets fresh storage for its buffer.
/// Shaders read the copy in the device's own memory, because taps of neighbouring groups are read more than once.
/// </summary>
internal sealed unsafe class UploadRing : IDisposable
{
    private const int Slots = 3;
    private const CopyBufferSubDataTarget From = CopyBufferSubDataTarget.CopyReadBuffer;
    private const CopyBufferSubDataTarget To = CopyBufferSubDataTarget.CopyWriteBuffer;
    private const MapBufferAccessMask Mapping =
        MapBufferAccessMask.WriteBit | MapBufferAccessMask.PersistentBit | MapBufferAccessMask.CoherentBit;

    private readonly GpuDevice _device;
    private readonly int _bytes;
    private readonly uint[] _buffers = new uint[Slots];
    private readonly nint[] _mapped = new nint[Slots];
    private readonly nint[] _fences = new nint[Slots];
    private int _next;

    /// <param name="device">Where to allocate.</param>
    /// <param name="bytes">A frame's size.</param>
    /// <exception cref="DeviceLimitException">The device has no memory for it.</exception>
    public UploadRing(GpuDevice device, int bytes)
    {
        _device = device;
        _bytes = bytes;
        IsMapped = device.KeepsMapped;
        device.Errors.Take();
        for (int i = 0; i < Slots; i++)
        {
            _buffers[i] = device.Gl.GenBuffer();
            device.Gl.BindBuffer((BufferTargetARB)From, _buffers[i]);
            if (!IsMapped)
                continue;
            device.Gl.BufferStorage(
                (BufferStorageTarget)From, (nuint)bytes, null, (BufferStorageMask)Mapping | BufferStorageMask.ClientStorageBit);
            _mapped[i] = (nint)device.Gl.MapBufferRange((BufferTargetARB)From, 0, (nuint)bytes, Mapping);
        }
        if (device.Errors.Take() == GLEnum.OutOfMemory || IsMapped && _mapped.Contains(0))
        {
            Dispose();
            throw new DeviceLimitException($"gpu: there is no memory to send frames of {bytes:N0} bytes; use smaller frames");
        }
    }

    /// <summary>Whether the staging buffers stay mapped.</summary>
    public bool IsMapped { get; }

    /// <summary>Frames that had to wait for a staging buffer, because all three were in flight.</summary>
    public long Waits { get; private set; }

    /// <summary>Copies a frame; what reads the target later in the stream sees it.</summary>
    /// <param name="frame">As many bytes as the ring was made for.</param>
    /// <param name="target">Where it goes; may be longer.</param>
    public void Send(ReadOnlySpan<byte> frame, GpuBuffer target)
    {
        Debug.Assert(frame.Length == _bytes);
        GL gl = _device.Gl;
        WaitFor(_next);
        gl.BindBuffer((BufferTargetARB)From, _buffers[_next]);
        if (IsMapped)
        {
            frame.CopyTo(new Span<byte>((void*)_mapped[_next], _bytes));
        }
        else
        {
            fixed (byte* first = frame)
                gl.BufferData((BufferTargetARB)From, (nuint)_bytes, first, BufferUsageARB.StreamDraw);
        }
        gl.BindBuffer((BufferTargetARB)To, target.Name);
        gl.CopyBufferSubData(From, To, 0, 0, (nuint)_bytes);
        if (IsMapped)
            _fences[_next] = gl.FenceSync(SyncCondition.SyncGpuCommandsComplete, SyncBehaviorFlags.None);
        _next = (_next + 1) % Slots;
    }

    /// <summary>Lets go of the buffers; the context must be current.</summary>
    public void Dispose()
    {
        for (int i = 0; i < Slots; i++)
        {
            _device.Gl.DeleteSync(_fences[i]);
            // Deleting unmaps.
            _device.Gl.DeleteBuffer(_buffers[i]);
        }
    }

    private void WaitFor(int slot)
    {
        if (_fences[slot] == 0)
            return;
        if (!_device.IsSignaled(_fences[slot], "sending", "a frame"))
        {
            Waits++;
            _device.WaitFor(_fences[slot], "sending", "a frame");
        }
        _device.Gl.DeleteSync(_fences[slot]);
        _fences[slot] = 0;
    }
}
