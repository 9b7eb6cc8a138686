using LivePool.Gpu.Context;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.Textures;

/// <summary>Level 0 of a 2D texture that is someone else's, in the backend's context; read as shaders see it, swizzled.</summary>
/// <param name="Name">GL's name.</param>
/// <param name="Width">Texels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="IsFloat">Whether texels are taken as they are; else they are from 0 to 1, which stand for 0 to 255.</param>
/// <param name="IsGrey">Whether they have one channel.</param>
/// <param name="IsSrgb">Whether GL makes linear colours of them when a shader reads them.</param>
/// <param name="IsWritable">Whether texels have four channels of 8 bits each, or of floating point, uncompressed.</param>
/// <param name="IsBottomFirst">Whether row 0 is the picture's lowest, as GL has it, instead of its top row.</param>
public readonly record struct HostTexture(
    uint Name, int Width, int Height, bool IsFloat, bool IsGrey, bool IsSrgb, bool IsWritable, bool IsBottomFirst)
{
    private const TextureTarget Target = TextureTarget.Texture2D;

    /// <summary>Asks GL; changes what is bound to the active unit.</summary>
    /// <param name="context">The context, which must be current.</param>
    /// <param name="name">GL's name.</param>
    /// <param name="isBottomFirst">See <see cref="IsBottomFirst"/>.</param>
    /// <exception cref="TextureException">It is no 2D texture, or one of whole numbers or depths.</exception>
    public static HostTexture Describe(GpuContext context, uint name, bool isBottomFirst)
    {
        GL gl = context.Gl;
        GlErrors.Take(gl);
        if (!gl.IsTexture(name))
            throw new TextureException($"gpu: there is no texture {name} in this context");
        gl.BindTexture(Target, name);
        // Some contexts report no errors.
        if (GlErrors.Take(gl) != GLEnum.NoError || gl.GetInteger(GetPName.TextureBinding2D) != (int)name)
            throw new TextureException($"gpu: texture {name} is not of target GL_TEXTURE_2D");
        if (Parameter(gl, GetTextureParameter.TextureBaseLevelSgis) != 0)
            throw new TextureException($"gpu: texture {name} has a GL_TEXTURE_BASE_LEVEL of its own; use one whose image is level 0");
        int width = Level(gl, GetTextureParameter.TextureWidth), height = Level(gl, GetTextureParameter.TextureHeight);
        if (width == 0 || height == 0)
            throw new TextureException($"gpu: texture {name} has no image at level 0");
        bool isFloat = (GLEnum)Level(gl, (GetTextureParameter)GLEnum.TextureRedType) switch
        {
            GLEnum.UnsignedNormalized => false,
            GLEnum.Float => true,
            _ => throw new TextureException($"gpu: texture {name} has neither unsigned normalised nor floating-point colours"),
        };
        var format = (GLEnum)Level(gl, GetTextureParameter.TextureInternalFormat);
        // What a swizzle makes of one channel may be anything.
        bool isGrey = Level(gl, GetTextureParameter.TextureGreenSize) == 0 && Parameter(gl, (GetTextureParameter)GLEnum.TextureSwizzleR) == (int)GLEnum.Red;
        bool isWritable = Level(gl, (GetTextureParameter)GLEnum.TextureCompressed) == 0;
        foreach (GLEnum channel in (ReadOnlySpan<GLEnum>)[GLEnum.TextureRedSize, GLEnum.TextureGreenSize, GLEnum.TextureBlueSize, GLEnum.TextureAlphaSize])
        {
            int bits = Level(gl, (GetTextureParameter)channel);
            isWritable &= isFloat ? bits >= 16 : bits == 8;
        }
        return new(name, width, height, isFloat, isGrey, IsSrgbFormat(format), isWritable, isBottomFirst);
    }

    /// <summary>EXT_texture_sRGB's, and those of one and two channels, BPTC, ETC2 and ASTC.</summary>
    private static bool IsSrgbFormat(GLEnum format) =>
        (int)format is (>= 0x8C40 and <= 0x8C4F) or 0x8FBD or 0x8FBE or 0x8E8D or 0x9275 or 0x9277 or 0x9279 or (>= 0x93D0 and <= 0x93DD);

    private static int Parameter(GL gl, GetTextureParameter parameter)
    {
        gl.GetTexParameter(Target, parameter, out int value);
        return value;
    }

    private static int Level(GL gl, GetTextureParameter parameter)
    {
        gl.GetTexLevelParameter(Target, 0, parameter, out int value);
        return value;
    }
}
