using LivePool.Core;
using LivePool.Core.Tensors;
using LivePool.Gpu.Kernels;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Textures;

/// <summary>Makes a pipeline's input of a texture, without a trip through the CPU.</summary>
internal sealed class TextureInput : IDisposable
{
    private const int TextureSrgbDecode = 0x8A48;
    private const int SkipDecode = 0x8A4A;

    private readonly GpuDevice _device;
    private readonly KernelCache _kernels;
    private readonly GpuBuffer _input;
    private readonly TensorShape _shape;
    private readonly uint _sampler;
    private readonly bool _readsStored;
    private readonly Dictionary<(bool IsFloat, bool IsGrey, bool IsBottomFirst), KernelDispatch> _dispatches = [];

    /// <param name="device">Where it runs.</param>
    /// <param name="kernels">Where its shader is.</param>
    /// <param name="input">What is written, float32.</param>
    /// <param name="shape">Its shape, <c>[1, C, H, W]</c>.</param>
    public TextureInput(GpuDevice device, KernelCache kernels, GpuBuffer input, TensorShape shape)
    {
        if (shape.N != 1 || shape.C is not (1 or 3))
            throw new TextureException($"gpu: the pipeline takes {shape}, and a texture has 1 or 3 channels");
        (_device, _kernels, _input, _shape) = (device, kernels, input, shape);
        GL gl = device.Gl;
        _sampler = gl.GenSampler();
        gl.SamplerParameter(_sampler, SamplerParameterI.MinFilter, (int)TextureMinFilter.Nearest);
        gl.SamplerParameter(_sampler, SamplerParameterI.MagFilter, (int)TextureMagFilter.Nearest);
        gl.SamplerParameter(_sampler, SamplerParameterI.WrapS, (int)TextureWrapMode.ClampToEdge);
        gl.SamplerParameter(_sampler, SamplerParameterI.WrapT, (int)TextureWrapMode.ClampToEdge);
        _readsStored = gl.IsExtensionPresent("GL_EXT_texture_sRGB_decode");
        if (_readsStored)
            gl.SamplerParameter(_sampler, (SamplerParameterI)TextureSrgbDecode, SkipDecode);
    }

    /// <summary>Writes the input; what reads it needs no barrier.</summary>
    /// <param name="texture">Of the input's size.</param>
    public void Run(in HostTexture texture)
    {
        if (texture.IsSrgb && !_readsStored)
            throw new BackendUnavailableException($"gpu: {_device.Context.Device.Renderer} reads texture {texture.Name} as linear colours only; use a texture that is not sRGB");
        (bool, bool, bool) key = (texture.IsFloat, texture.IsGrey, texture.IsBottomFirst);
        if (!_dispatches.TryGetValue(key, out KernelDispatch? dispatch))
            _dispatches.Add(key, dispatch = Create(texture));
        _device.Gl.ActiveTexture(TextureUnit.Texture0);
        _device.Gl.BindTexture(TextureTarget.Texture2D, texture.Name);
        _device.Gl.BindSampler(0, _sampler);
        dispatch.Run();
        _device.Gl.MemoryBarrier(MemoryBarrierMask.ShaderStorageBarrierBit);
    }

    public void Dispose()
    {
        foreach (KernelDispatch dispatch in _dispatches.Values)
            dispatch.Dispose();
        _device.Gl.DeleteSampler(_sampler);
    }

    private KernelDispatch Create(in HostTexture texture)
    {
        List<string> defines = [texture.IsFloat ? "TEXELS_FLOAT" : "TEXELS_NORMALIZED"];
        if (texture.IsGrey)
            defines.Add("TEXELS_GREY");
        if (texture.IsBottomFirst)
            defines.Add("BOTTOM_FIRST");
        Kernel kernel = _kernels.Get<TextureParameters>(KernelDescriptor.FromTexture, [.. defines]);
        var parameters = new TextureParameters { Channels = _shape.C, Height = _shape.H, Width = _shape.W };
        return KernelDispatch.Create(_device, kernel, parameters, (_shape.W, _shape.H, 1), _input);
    }
}
