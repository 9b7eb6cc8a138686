namespace LivePool.Core;

/// <summary>Opens what a user named for reading: a regular file of bounded size, behind any number of links.</summary>
public static class RegularFile
{
    /// <summary>Opens a file; pipes and devices, which would be read for ever, are refused before they are opened.</summary>
    /// <param name="path">As given by the user.</param>
    /// <param name="maximumBytes">The most bytes that it may have.</param>
    /// <exception cref="LivePoolException">There is no such file, or it is not of this kind; the message names it.</exception>
    public static FileStream Open(string path, long maximumBytes)
    {
        try
        {
            if (Directory.Exists(path))
                throw new LivePoolException($"{path}: is a folder; give a file");
            var file = new FileInfo(path);
            long length = ((FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true) ?? file).Length;
            // Pipes and devices have no length.
            if (length == 0)
                throw new LivePoolException($"{path}: is empty or not a regular file; give a file with content");
            if (length > maximumBytes)
                throw new LivePoolException($"{path}: has {length} bytes; at most {maximumBytes} are read; give a smaller file");
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new LivePoolException($"{path}: there is no such file; check the path", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new LivePoolException($"{path}: cannot be read: {e.Message.TrimEnd('.')}; check the path and its rights", e);
        }
    }

    /// <summary>Reads all of a file.</summary>
    /// <inheritdoc cref="Open"/>
    public static byte[] ReadAllBytes(string path, long maximumBytes)
    {
        using FileStream stream = Open(path, maximumBytes);
        byte[] bytes = new byte[stream.Length];
        try
        {
            stream.ReadExactly(bytes);
        }
        catch (IOException e)
        {
            throw new LivePoolException($"{path}: cannot be read: {e.Message.TrimEnd('.')}; check the disk", e);
        }
        return bytes;
    }
}
