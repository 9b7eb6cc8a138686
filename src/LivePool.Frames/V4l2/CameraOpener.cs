namespace LivePool.Frames.V4l2;

/// <summary>By what a camera is known again under another number.</summary>
/// <param name="Card">Its name.</param>
/// <param name="BusInfo">Where it was plugged in.</param>
/// <param name="FourCc">The format that it gave: cameras that show several things have several files.</param>
internal readonly record struct CameraIdentity(string Card, string BusInfo, uint FourCc);

/// <summary>
/// Opens a camera, and the same one again after it was lost, whatever its number is then: the one where it was plugged in, or
/// one of its name that came after it was missed. Another one that was there all the time is not taken for it.
/// </summary>
internal sealed class CameraOpener(string source, ImageLimits limits)
{
    private CameraIdentity? _known;
    private HashSet<string>? _others;

    /// <exception cref="FrameSourceException">It cannot be opened.</exception>
    public CameraSource Open()
    {
        CameraSource camera = _known is { } known ? OpenAgain(known) : CameraSource.Open(source, limits);
        (_known, _others) = (camera.Identity, null);
        return camera;
    }

    private CameraSource OpenAgain(CameraIdentity known)
    {
        VideoDevice? device = Cameras.Find(found => IsLike(found) && found.BusInfo == known.BusInfo);
        if (device is null && _others is null)
        {
            _others = [];
            Cameras.Find(found =>
            {
                if (IsLike(found))
                    _others.Add(found.BusInfo);
                return false;
            });
        }
        device ??= Cameras.Find(found => IsLike(found) && !_others!.Contains(found.BusInfo));
        return device is not null
            ? CameraSource.Open(device, CameraRequest.Parse(source, limits), limits)
            : throw new FrameSourceException($"cannot open '{source}': {known.Card} is not there; plug it in again") { IsDeviceMissing = true };

        bool IsLike(VideoDevice found) => found.Card == known.Card && DeviceModes.Offers(found, known.FourCc);
    }
}
