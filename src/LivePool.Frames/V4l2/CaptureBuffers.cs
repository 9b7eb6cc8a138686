namespace LivePool.Frames.V4l2;

/// <summary>A picture in a buffer that the device has given out and waits to get back.</summary>
internal readonly ref struct CapturedBuffer
{
    public int Index { get; init; }

    /// <summary>What the device wrote.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>How much that is by its own word, which may be more than there is.</summary>
    public uint BytesUsed { get; init; }

    /// <summary>Bytes of the buffer.</summary>
    public uint Capacity { get; init; }

    public uint Flags { get; init; }

    public uint Sequence { get; init; }

    /// <summary>Nanoseconds, by the clock that the flags name.</summary>
    public long Timestamp { get; init; }
}

/// <summary>A device's buffers, mapped into memory. They are the device's but for one that is being read.</summary>
internal sealed unsafe class CaptureBuffers : IDisposable
{
    private const uint Wanted = 4;

    private readonly VideoDevice _device;
    private readonly List<(nint Memory, uint Length)> _buffers = [];
    private bool _isStreaming;

    /// <summary>Takes memory of the device and lets it begin.</summary>
    /// <exception cref="RequestException">It refuses; nothing is left behind.</exception>
    /// <exception cref="InvalidDataException">No picture fits in its buffers.</exception>
    public CaptureBuffers(VideoDevice device, CaptureFormat format)
    {
        _device = device;
        try
        {
            var request = new Videodev2.RequestBuffers { Count = Wanted, Type = device.BufType, Memory = Videodev2.MemoryMmap };
            device.Demand("REQBUFS", Videodev2.ReqBufs, &request);
            if (request.Count == 0)
                throw new InvalidDataException("it gives no buffers; close other programs that use it");
            for (uint i = 0; i < request.Count; i++)
                Map(i, format);
            Start();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gives the device all buffers and lets it begin.</summary>
    /// <exception cref="RequestException">It refuses.</exception>
    public void Start()
    {
        for (int i = 0; i < _buffers.Count; i++)
            Queue(i);
        uint type = _device.BufType;
        _device.Demand("STREAMON", Videodev2.StreamOn, &type);
        _isStreaming = true;
    }

    /// <summary>Stops the device; all buffers are the program's then.</summary>
    /// <returns>0, or errno.</returns>
    public int Stop()
    {
        uint type = _device.BufType;
        _isStreaming = false;
        return _device.Control(Videodev2.StreamOff, &type);
    }

    /// <summary>Takes the oldest picture.</summary>
    /// <returns>0, or errno.</returns>
    public int Dequeue(out CapturedBuffer captured)
    {
        captured = default;
        Videodev2.Plane plane = default;
        Videodev2.Buffer buffer = Describe(0, &plane);
        int error = _device.Control(Videodev2.DqBuf, &buffer);
        if (error != 0)
            return error;
        // No device has a reason to say so.
        if (buffer.Index >= _buffers.Count)
            return Errno.EIO;
        (nint memory, uint length) = _buffers[(int)buffer.Index];
        (uint used, uint start) = _device.IsMultiplanar ? (plane.BytesUsed, plane.DataOffset) : (buffer.BytesUsed, 0);
        uint end = Math.Min(used, length);
        start = Math.Min(start, end);
        captured = new()
        {
            Index = (int)buffer.Index,
            Data = new((byte*)memory + start, (int)(end - start)),
            BytesUsed = used,
            Capacity = length,
            Flags = buffer.Flags,
            Sequence = buffer.Sequence,
            Timestamp = buffer.TimestampSeconds * 1_000_000_000 + buffer.TimestampMicroseconds * 1000,
        };
        return 0;
    }

    /// <summary>Gives a buffer to the device.</summary>
    /// <exception cref="RequestException">It refuses.</exception>
    public void Queue(int index)
    {
        Videodev2.Plane plane = default;
        Videodev2.Buffer buffer = Describe((uint)index, &plane);
        _device.Demand("QBUF", Videodev2.QBuf, &buffer);
    }

    /// <summary>Ends all. What a device that is gone says to it does not matter.</summary>
    public void Dispose()
    {
        if (_isStreaming)
            _ = Stop();
        foreach ((nint memory, uint length) in _buffers)
            _ = LibC.Munmap((void*)memory, length);
        _buffers.Clear();
        var none = new Videodev2.RequestBuffers { Type = _device.BufType, Memory = Videodev2.MemoryMmap };
        _ = _device.Control(Videodev2.ReqBufs, &none);
    }

    private void Map(uint index, CaptureFormat format)
    {
        Videodev2.Plane plane = default;
        Videodev2.Buffer buffer = Describe(index, &plane);
        _device.Demand("QUERYBUF", Videodev2.QueryBuf, &buffer);
        (uint length, uint offset) = _device.IsMultiplanar ? (plane.Length, plane.MemOffset) : (buffer.Length, buffer.Offset);
        format.CheckRoom(length);
        _buffers.Add((_device.Map(length, offset), length));
    }

    private Videodev2.Buffer Describe(uint index, Videodev2.Plane* plane)
    {
        var buffer = new Videodev2.Buffer { Index = index, Type = _device.BufType, Memory = Videodev2.MemoryMmap };
        if (_device.IsMultiplanar)
        {
            buffer.Planes = plane;
            buffer.Length = 1;
        }
        return buffer;
    }
}
