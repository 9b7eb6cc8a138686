using System.Runtime.InteropServices;
using LivePool.Core.Backends;
using LivePool.Core.Tensors;
using LivePool.Frames;

namespace LivePool.Plugin;

/// <summary>A frame as the pipeline takes it, <c>[1, C, H, W]</c>, in memory that grows and is kept.</summary>
internal sealed unsafe class PlanarFrame : IDisposable
{
    private byte* _memory;
    private nuint _capacity;
    private bool _isBytes;

    public TensorShape Shape { get; private set; }

    public FrameView View => _isBytes
        ? new ReadOnlySpan<byte>(_memory, Shape.Count)
        : new ReadOnlySpan<float>((float*)_memory, Shape.Count);

    /// <summary>Copies a frame in.</summary>
    /// <param name="frame">The caller's, already checked.</param>
    /// <param name="channels">The pipeline's.</param>
    public void Fill(in FrameBlock frame, int channels)
    {
        var format = (FrameFormat)frame.Format;
        bool isBytes = format != FrameFormat.Float32;
        TensorShape shape = new TensorShape(1, channels, frame.Height, frame.Width).Validated();
        Reserve((nuint)shape.Count * (nuint)(isBytes ? 1 : sizeof(float)));
        // From here on nothing fails: a frame that cannot be taken leaves the one that waits as it is.
        (_isBytes, Shape) = (isBytes, shape);
        if (!_isBytes)
            CopyPlanes(frame, channels, frame.Width * sizeof(float));
        else if (format == FrameFormat.Gray8 && channels == 1)
            CopyPlanes(frame, 1, frame.Width);
        else
            Convert(frame, (PixelFormat)format, channels);
    }

    private void CopyPlanes(in FrameBlock frame, int planes, int rowBytes)
    {
        byte* target = _memory;
        if (frame.Stride == rowBytes)
        {
            long bytes = (long)planes * frame.Height * rowBytes;
            Buffer.MemoryCopy(frame.Pixels, target, bytes, bytes);
            return;
        }
        for (int plane = 0; plane < planes; plane++)
        {
            // Planes follow each other, whichever way their rows do.
            byte* top = (byte*)frame.Pixels + plane * frame.Height * Math.Abs(frame.Stride);
            for (int y = 0; y < frame.Height; y++, target += rowBytes)
                Buffer.MemoryCopy(top + y * frame.Stride, target, rowBytes, rowBytes);
        }
    }

    private void Convert(in FrameBlock frame, PixelFormat format, int channels)
    {
        int width = frame.Width, plane = width * frame.Height;
        for (int y = 0; y < frame.Height; y++)
        {
            var row = new ReadOnlySpan<byte>((byte*)frame.Pixels + y * frame.Stride, width * format.BytesPerPixel());
            byte* target = _memory + (long)y * width;
            if (channels == 1)
                PlanarConversion.Grey(format, row, new(target, width));
            else
                PlanarConversion.Split(format, row, new(target, width), new(target + plane, width), new(target + 2L * plane, width));
        }
    }

    private void Reserve(nuint bytes)
    {
        if (bytes <= _capacity)
            return;
        var memory = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
        Dispose();
        _memory = memory;
        _capacity = bytes;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
        _capacity = 0;
    }
}
