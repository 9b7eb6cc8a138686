using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LivePool.Gpu.Context;
using LivePool.Unity.Stub;
using Silk.NET.OpenGL;

namespace LivePool.Unity.Tests;

/// <summary>Textures of a GL context, whose names are Unity's native pointers.</summary>
internal unsafe class GlDevice : ITextureDevice
{
    private const int MostNames = 2000;
    private readonly GL _gl;
    private readonly Action _endContext;
    private readonly uint _framebuffer;

    private protected GlDevice(GL gl, Action endContext)
    {
        (_gl, _endContext) = (gl, endContext);
        _framebuffer = gl.GenFramebuffer();
    }

    /// <summary>In a context of OpenGL 4.3 or later that becomes current.</summary>
    public static GlDevice Create()
    {
        GpuContext context = GpuContext.CreateHeadless();
        return new(context.Gl, context.Dispose);
    }

    public nint Create(int width, int height, byte[]? pixels)
    {
        uint name = _gl.GenTexture();
        _gl.BindTexture(TextureTarget.Texture2D, name);
        _gl.TexParameter(TextureTarget.Texture2D, TextureParameterName.TextureMinFilter, (int)TextureMinFilter.Nearest);
        fixed (byte* first = pixels)
            _gl.TexImage2D(TextureTarget.Texture2D, 0, InternalFormat.Rgba8, (uint)width, (uint)height, 0, PixelFormat.Rgba, PixelType.UnsignedByte, first);
        _gl.BindTexture(TextureTarget.Texture2D, 0);
        return (nint)name;
    }

    public void Write(nint texture, int width, int height, ReadOnlySpan<byte> pixels)
    {
        _gl.BindTexture(TextureTarget.Texture2D, (uint)texture);
        fixed (byte* first = pixels)
            _gl.TexSubImage2D(TextureTarget.Texture2D, 0, 0, 0, (uint)width, (uint)height, PixelFormat.Rgba, PixelType.UnsignedByte, first);
        _gl.BindTexture(TextureTarget.Texture2D, 0);
    }

    public byte[] Read(nint texture, int width, int height)
    {
        byte[] pixels = new byte[4 * width * height];
        _gl.BindFramebuffer(FramebufferTarget.ReadFramebuffer, _framebuffer);
        _gl.FramebufferTexture2D(FramebufferTarget.ReadFramebuffer, FramebufferAttachment.ColorAttachment0, TextureTarget.Texture2D, (uint)texture, 0);
        fixed (byte* first = pixels)
            _gl.ReadPixels(0, 0, (uint)width, (uint)height, PixelFormat.Rgba, PixelType.UnsignedByte, first);
        _gl.BindFramebuffer(FramebufferTarget.ReadFramebuffer, 0);
        return _gl.GetError() == GLEnum.NoError ? pixels : throw new InvalidOperationException($"texture {texture} cannot be read");
    }

    public void Delete(nint texture) => _gl.DeleteTexture((uint)texture);

    /// <summary>How many objects the context has.</summary>
    public int CountObjects()
    {
        int count = 0;
        for (uint name = 1; name <= MostNames; name++)
        {
            count += new[] { _gl.IsBuffer(name), _gl.IsTexture(name), _gl.IsProgram(name), _gl.IsShader(name), _gl.IsSampler(name), _gl.IsQuery(name) }
                .Count(isThere => isThere);
        }
        return count;
    }

    public void Dispose()
    {
        _gl.DeleteFramebuffer(_framebuffer);
        _endContext();
    }
}

/// <summary>The same in a context of OpenGL ES, where the library has no compute shaders.</summary>
internal sealed partial class EsDevice : GlDevice
{
    private const string Library = "libEGL.so.1";
    private const int PlatformSurfaceless = 0x31DD;
    private const int None = 0x3038;
    private const int SurfaceType = 0x3033;
    private const int RenderableType = 0x3040;
    private const int Es3Bit = 0x40;
    private const int EsApi = 0x30A0;
    private const int ContextMajorVersion = 0x3098;

    private EsDevice(GL gl, Action endContext)
        : base(gl, endContext)
    {
    }

    /// <summary>Mesa has ES 3.2, and looks here when EGL starts; .NET's own environment is not the C library's.</summary>
    [ModuleInitializer]
    internal static void MakeEsOld() => Require(SetVariable("MESA_GLES_VERSION_OVERRIDE", "3.0", 1) == 0);

    /// <summary>In a context that becomes current.</summary>
    public static new EsDevice Create()
    {
        nint display = GetPlatformDisplay(PlatformSurfaceless, 0, 0);
        Require(Initialize(display, 0, 0) != 0 && BindApi(EsApi) != 0);
        Require(ChooseConfig(display, [SurfaceType, 0, RenderableType, Es3Bit, None], out nint config, 1, out int count) != 0 && count == 1);
        nint context = CreateContext(display, config, 0, [ContextMajorVersion, 3, None]);
        Require(MakeCurrent(display, 0, 0, context) != 0);
        return new(GL.GetApi(GetProcAddress), () =>
        {
            Require(MakeCurrent(display, 0, 0, 0) != 0);
            Require(DestroyContext(display, context) != 0);
        });
    }

    private static void Require(bool isDone)
    {
        if (!isDone)
            throw new InvalidOperationException($"EGL error 0x{GetError():X}; install Debian's libegl1 and libgl1-mesa-dri");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrites);

    [LibraryImport(Library, EntryPoint = "eglGetProcAddress", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetProcAddress(string name);

    [LibraryImport(Library, EntryPoint = "eglGetPlatformDisplay")]
    private static partial nint GetPlatformDisplay(int platform, nint nativeDisplay, nint attributes);

    [LibraryImport(Library, EntryPoint = "eglInitialize")]
    private static partial int Initialize(nint display, nint major, nint minor);

    [LibraryImport(Library, EntryPoint = "eglBindAPI")]
    private static partial int BindApi(int api);

    [LibraryImport(Library, EntryPoint = "eglChooseConfig")]
    private static partial int ChooseConfig(nint display, ReadOnlySpan<int> attributes, out nint config, int configSize, out int configCount);

    [LibraryImport(Library, EntryPoint = "eglCreateContext")]
    private static partial nint CreateContext(nint display, nint config, nint shareContext, ReadOnlySpan<int> attributes);

    [LibraryImport(Library, EntryPoint = "eglMakeCurrent")]
    private static partial int MakeCurrent(nint display, nint draw, nint read, nint context);

    [LibraryImport(Library, EntryPoint = "eglDestroyContext")]
    private static partial int DestroyContext(nint display, nint context);

    [LibraryImport(Library, EntryPoint = "eglGetError")]
    private static partial int GetError();
}
