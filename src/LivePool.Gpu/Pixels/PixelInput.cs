using LivePool.Core.Backends;
using LivePool.Core.Tensors;
using LivePool.Gpu.Kernels;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Pixels;

/// <summary>Makes a pipeline's 8-bit input on the device of pictures of one layout, which go up as they are.</summary>
internal sealed class PixelInput : IDisposable
{
    private readonly GpuDevice _device;
    private readonly GpuBuffer _picture;
    private readonly UploadRing _uploads;
    private readonly KernelDispatch _dispatch;
    private readonly int _length;

    /// <param name="device">Where it runs.</param>
    /// <param name="kernels">Where its shader is.</param>
    /// <param name="packed">What is written.</param>
    /// <param name="shape">Its shape, <c>[1, 1 or 3, H, W]</c>.</param>
    /// <param name="layout">Where the pictures' values lie.</param>
    /// <exception cref="DeviceLimitException">The device has no memory for it.</exception>
    public PixelInput(GpuDevice device, KernelCache kernels, GpuBuffer packed, TensorShape shape, PixelLayout layout)
    {
        (_device, Layout, _length) = (device, layout, (int)layout.Length);
        LumaWeights luma = layout.Luma ?? default;
        var parameters = new PixelParameters
        {
            Channels = shape.C,
            Height = shape.H,
            Width = shape.W,
            Stride = layout.Stride,
            PixelStep = layout.Step,
            First = layout.First,
            Second = layout.Second,
            Third = layout.Third,
            PairStep = layout.PairStep,
            PairRows = layout.PairRows,
            Black = luma.Black,
            LumaScale = luma.Scale,
            CrInRed = luma.CrInRed,
            CbInGreen = luma.CbInGreen,
            CrInGreen = luma.CrInGreen,
            CbInBlue = luma.CbInBlue,
        };
        Kernel kernel = kernels.Get<PixelParameters>(KernelDescriptor.FromPixels, layout.Luma is null ? "PIXELS_RGB" : "PIXELS_LUMA");
        _picture = new GpuBuffer(device, $"the picture, {layout.Width}x{layout.Height}", (layout.Length + 3) / 4 * 4);
        try
        {
            _uploads = new UploadRing(device, _length);
        }
        catch
        {
            _picture.Dispose();
            throw;
        }
        _dispatch = KernelDispatch.Create(device, kernel, parameters, (shape.Count, 1, 1), _picture, packed);
    }

    /// <summary>Where the pictures' values lie.</summary>
    public PixelLayout Layout { get; }

    /// <summary>How pictures go up, for tests.</summary>
    internal UploadRing Uploads => _uploads;

    /// <summary>Writes the input; what reads it needs no barrier.</summary>
    /// <param name="picture">At least as many bytes as the layout reaches.</param>
    public void Run(ReadOnlySpan<byte> picture)
    {
        _uploads.Send(picture[.._length], _picture);
        _dispatch.Run();
        _device.Gl.MemoryBarrier(MemoryBarrierMask.ShaderStorageBarrierBit);
    }

    /// <summary>Throws if anything wrote behind the picture, for tests.</summary>
    public void CheckGuard() => _picture.CheckGuard();

    public void Dispose()
    {
        _dispatch.Dispose();
        _uploads.Dispose();
        _picture.Dispose();
    }
}
