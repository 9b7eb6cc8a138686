using LivePool.Core;

namespace LivePool.Gpu.Textures;

/// <summary>A host's texture is not what is needed: not there, of another size, or of another kind.</summary>
public sealed class TextureException(string message) : LivePoolException(message);
