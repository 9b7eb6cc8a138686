using System.Runtime.InteropServices;

namespace LivePool.Frames.V4l2;

/// <summary>A device refused a request.</summary>
/// <param name="request">V4L2's name for it, without VIDIOC_.</param>
/// <param name="error">errno.</param>
internal sealed class RequestException(string request, int error) : Exception($"{request}: {CameraErrors.Name(error)}")
{
    public string Request { get; } = request;

    public int Error { get; } = error;
}

/// <summary>What errno means for a camera, and what to do.</summary>
internal static unsafe class CameraErrors
{
    /// <summary>The reason in words, with the device file, and what to do.</summary>
    public static string Explain(string path, string request, int error) => error switch
    {
        Errno.ENOENT => $"there is no {path}; {Cameras.Choices()}",
        Errno.ENODEV or Errno.ENXIO => $"{path} has no device behind it ({Name(error)}); plug the camera in again",
        Errno.EACCES or Errno.EPERM when GroupOf(path) == "root" => $"no permission for {path}, which is root's alone; give it to the group 'video', and join that",
        Errno.EACCES or Errno.EPERM => $"no permission for {path}; join the group '{GroupOf(path)}': sudo usermod -aG {GroupOf(path)} $USER, and log in again",
        Errno.EBUSY => $"another program uses {path}; close it",
        Errno.ENOSPC => $"{path} finds no room on its bus ({Name(error)}); give a smaller size or rate, or use another port",
        Errno.ENOTTY or Errno.EINVAL when request == "QUERYCAP" => $"{path} is not a video device; see livepool info for cameras",
        Errno.EIO => $"{path} failed in {request} (EIO); plug the camera in again",
        _ => $"{path} failed in {request}: {Marshal.GetPInvokeErrorMessage(error)} ({Name(error)}); plug the camera in again",
    };

    public static string Name(int error) => error switch
    {
        Errno.EPERM => "EPERM",
        Errno.ENOENT => "ENOENT",
        Errno.EIO => "EIO",
        Errno.ENXIO => "ENXIO",
        Errno.EAGAIN => "EAGAIN",
        Errno.ENOMEM => "ENOMEM",
        Errno.EACCES => "EACCES",
        Errno.EBUSY => "EBUSY",
        Errno.ENODEV => "ENODEV",
        Errno.EINVAL => "EINVAL",
        Errno.ENOTTY => "ENOTTY",
        Errno.ENOSPC => "ENOSPC",
        _ => $"errno {error}",
    };

    /// <summary>The group of a file, which is the one that may use it; "video" where that cannot be found out.</summary>
    private static string GroupOf(string path)
    {
        const string Usual = "video";
        LibC.Statx stat = default;
        if (LibC.Stat(LibC.Statx.CurrentFolder, path, 0, LibC.Statx.WantsGroup, &stat) != 0 || (stat.Mask & LibC.Statx.WantsGroup) == 0)
            return Usual;
        try
        {
            string id = $"{stat.Gid}";
            // name:password:id:members
            return File.ReadLines("/etc/group").Select(line => line.Split(':'))
                .FirstOrDefault(fields => fields.Length >= 3 && fields[2] == id)?[0] ?? id;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{stat.Gid}";
        }
    }
}
