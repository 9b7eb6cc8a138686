using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Gpu.Pixels;
using LivePool.Gpu.Textures;

namespace LivePool.Gpu;

// Frames, as elements, as a picture's bytes, and as a texture.
public sealed partial class GpuCompiledPipeline
{
    /// <summary>
    /// GL's name of the buffer with the last frame as float32, [N, C, H, W]; valid until the pipeline is disposed. Ask for it
    /// after each run: a first stage that reads 8-bit frames leaves it to this property to expand them.
    /// </summary>
    public uint InputBuffer
    {
        get
        {
            Enter();
            ExpandInput();
            return _input.Name;
        }
    }

    /// <inheritdoc/>
    public void Run(FrameView frame)
    {
        Enter();
        frame.RequireLength(InputShape);
        Begin();
        Upload(frame);
        Submit();
    }

    /// <summary>
    /// Runs every stage on a picture as its source gave it, which goes up as it is and becomes grey, or red, green and blue, on
    /// the device. Pictures of the last one's layout allocate nothing.
    /// </summary>
    /// <param name="picture">Of the input's size.</param>
    /// <exception cref="LivePoolException">
    /// Its size differs, it is cut off, the input is not one picture of 1 or 3 channels, or the device's limits do not allow it.
    /// </exception>
    public void RunOn(PixelView picture)
    {
        Enter();
        PixelLayout layout = picture.Layout;
        if ((layout.Width, layout.Height) != (InputShape.W, InputShape.H) || InputShape.N != 1 || InputShape.C is not (1 or 3))
            throw new LivePoolException($"gpu: a picture of {layout.Width}x{layout.Height} is no input {InputShape}");
        if (picture.Bytes.Length < layout.Length)
            throw new LivePoolException($"gpu: the picture has {picture.Bytes.Length:N0} bytes, and its layout reaches {layout.Length:N0}");
        Begin();
        if (layout.IsPlane && InputShape.C == 1)
            Upload(picture.Bytes[..InputShape.Count]);
        else
            Convert(picture);
        Submit();
    }

    /// <summary>Runs every stage on a texture, which is read where it is.</summary>
    /// <param name="texture">Of the input's size.</param>
    /// <exception cref="LivePoolException">Its size differs, or the input is not one picture of 1 or 3 channels.</exception>
    public void RunOn(in HostTexture texture)
    {
        Enter();
        if (texture.Width != InputShape.W || texture.Height != InputShape.H)
            throw new TextureException($"gpu: texture {texture.Name} is {texture.Width}x{texture.Height}, the pipeline's input {InputShape}");
        Begin();
        _textureInput ??= Own(new TextureInput(_device, _backend.Kernels, _input, InputShape));
        _textureInput.Run(texture);
        _isInputPacked = false;
        Submit();
    }

    /// <summary>Whether a stage takes the last frame's 8-bit elements as they are; others read float32.</summary>
    public bool ReadsBytes(int stage) => _isInputPacked && _stages[stage] == _first && _first.TakesPacked;

    /// <summary>How 8-bit frames go up, for tests.</summary>
    internal UploadRing Uploads => _uploads!;

    /// <summary>How pictures become 8-bit frames, for tests.</summary>
    internal PixelInput? Pixels => _pixelInput;

    /// <summary>The frame as the shaders saw it, for tests.</summary>
    internal void ReadInput(Span<float> destination)
    {
        Enter();
        ExpandInput();
        _input.Read(destination);
    }

    private void Upload(FrameView frame)
    {
        _isInputPacked = frame.IsBytes;
        if (!frame.IsBytes)
        {
            _input.Write(frame.Singles);
            return;
        }
        _uploads ??= Own(new UploadRing(_device, InputShape.Count));
        _uploads.Send(frame.Bytes, _packedInput);
    }

    private void Convert(PixelView picture)
    {
        if (_pixelInput?.Layout != picture.Layout)
        {
            _pixelInput?.Dispose();
            _pixelInput = null;
            _pixelInput = new PixelInput(_device, _backend.Kernels, _packedInput, InputShape, picture.Layout);
        }
        _pixelInput.Run(picture.Bytes);
        _isInputPacked = true;
    }

    private void ExpandInput()
    {
        if (!_isInputPacked)
            return;
        _expandInput.Run();
        _device.Gl.MemoryBarrier(Readers);
        _isInputPacked = false;
    }
}
