using Silk.NET.OpenGL;

namespace LivePool.Gpu.Context;

/// <summary>
/// Tells a host's context from a later one that has the same address: a framebuffer without attachments, because contexts do
/// not share framebuffers, and its size, which is drawn by lot.
/// </summary>
public sealed class ContextMark
{
    private const FramebufferTarget Target = FramebufferTarget.ReadFramebuffer;

    private readonly GL _gl;
    private readonly uint _name;
    private readonly (int Width, int Height) _size;

    /// <param name="context">The context, which must be current.</param>
    public ContextMark(GpuContext context)
    {
        _gl = context.Gl;
        _size = (Random.Shared.Next(1, _gl.GetInteger((GetPName)GLEnum.MaxFramebufferWidth)), Random.Shared.Next(1, _gl.GetInteger((GetPName)GLEnum.MaxFramebufferHeight)));
        _name = _gl.GenFramebuffer();
        uint bound = Bind(_name);
        _gl.FramebufferParameter(Target, FramebufferParameterName.Width, _size.Width);
        _gl.FramebufferParameter(Target, FramebufferParameterName.Height, _size.Height);
        Bind(bound);
    }

    /// <summary>Whether the mark is in the context that is current.</summary>
    public bool IsThere()
    {
        if (!_gl.IsFramebuffer(_name))
            return false;
        uint bound = Bind(_name);
        _gl.GetFramebufferParameter(Target, (FramebufferAttachmentParameterName)GLEnum.FramebufferDefaultWidth, out int width);
        _gl.GetFramebufferParameter(Target, (FramebufferAttachmentParameterName)GLEnum.FramebufferDefaultHeight, out int height);
        Bind(bound);
        return (width, height) == _size;
    }

    /// <summary>Takes it out of the context, which must be current.</summary>
    public void Remove() => _gl.DeleteFramebuffer(_name);

    /// <summary>Binds another framebuffer; returns the former.</summary>
    private uint Bind(uint name)
    {
        uint bound = (uint)_gl.GetInteger((GetPName)GLEnum.ReadFramebufferBinding);
        _gl.BindFramebuffer(Target, name);
        return bound;
    }
}
