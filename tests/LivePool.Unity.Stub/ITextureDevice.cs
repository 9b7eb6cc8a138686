namespace LivePool.Unity.Stub;

/// <summary>Keeps textures of four bytes a pixel, row 0 the lowest one. For the render thread alone.</summary>
public interface ITextureDevice : IDisposable
{
    /// <summary>Makes a texture; its pixels are null where they do not matter yet. Returns Unity's native pointer to it.</summary>
    nint Create(int width, int height, byte[]? pixels);

    void Write(nint texture, int width, int height, ReadOnlySpan<byte> pixels);

    byte[] Read(nint texture, int width, int height);

    void Delete(nint texture);
}

/// <summary>A device whose textures mean nothing to GL.</summary>
public sealed class MemoryDevice : ITextureDevice
{
    private readonly Dictionary<nint, byte[]> _textures = [];
    private nint _last;

    public nint Create(int width, int height, byte[]? pixels)
    {
        _textures.Add(++_last, pixels ?? new byte[4 * width * height]);
        return _last;
    }

    public void Write(nint texture, int width, int height, ReadOnlySpan<byte> pixels) => _textures[texture] = pixels.ToArray();

    public byte[] Read(nint texture, int width, int height) => _textures[texture];

    public void Delete(nint texture) => _textures.Remove(texture);

    public void Dispose()
    {
    }
}
