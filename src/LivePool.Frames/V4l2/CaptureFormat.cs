namespace LivePool.Frames.V4l2;

/// <summary>What a device was set to and how its pictures lie in its buffers.</summary>
/// <param name="Mode">Format, size and rate.</param>
/// <param name="Stride">Bytes from row to row; of no meaning where pictures are compressed.</param>
/// <param name="LargestImage">Bytes of the largest picture, by the device's word; 0 where it gives none.</param>
/// <param name="Encoding">What luma and chroma mean.</param>
internal sealed unsafe record CaptureFormat(CameraMode Mode, int Stride, uint LargestImage, YuvEncoding Encoding)
{
    /// <summary>Bytes that a picture has at least; 1 where it is compressed.</summary>
    public long LeastImage { get; } = LeastBytes(Mode, Stride);

    /// <summary>Sets a device, which takes what is nearest.</summary>
    /// <param name="device">The device.</param>
    /// <param name="mode">What it is to be set to.</param>
    /// <param name="asked">The rate that the user asked for, which counts where the device offers none.</param>
    /// <param name="limits">What a picture may cost.</param>
    /// <exception cref="RequestException">It refuses.</exception>
    /// <exception cref="InvalidDataException">It was set to what cannot be.</exception>
    public static CaptureFormat Set(VideoDevice device, CameraMode mode, double? asked, ImageLimits limits)
    {
        Videodev2.Format format = default;
        format.Type = device.BufType;
        if (device.IsMultiplanar)
        {
            format.PixMp.Width = (uint)mode.Width;
            format.PixMp.Height = (uint)mode.Height;
            format.PixMp.PixelFormat = mode.Format.FourCc;
            format.PixMp.Field = Videodev2.FieldNone;
            format.PixMp.NumPlanes = 1;
        }
        else
        {
            format.Pix.Width = (uint)mode.Width;
            format.Pix.Height = (uint)mode.Height;
            format.Pix.PixelFormat = mode.Format.FourCc;
            format.Pix.Field = Videodev2.FieldNone;
            format.Pix.Priv = Videodev2.PixFmtPrivMagic;
        }
        device.Demand("S_FMT", Videodev2.SFmt, &format);
        return device.IsMultiplanar
            ? Check(device, format.PixMp, mode, asked, limits)
            : Check(device, format.Pix, mode, asked, limits);
    }

    private static CaptureFormat Check(VideoDevice device, in Videodev2.PixFormatMplane got, CameraMode mode, double? asked, ImageLimits limits)
    {
        if (got.NumPlanes != 1)
            throw new InvalidDataException($"its pictures lie in {got.NumPlanes} pieces of memory, and only 1 is read; give another format");
        Videodev2.PlanePixFormat plane = got.PlaneFmt[0];
        return Check(device, new Videodev2.PixFormat
        {
            Width = got.Width,
            Height = got.Height,
            PixelFormat = got.PixelFormat,
            BytesPerLine = plane.BytesPerLine,
            SizeImage = plane.SizeImage,
            Colorspace = got.Colorspace,
            Priv = Videodev2.PixFmtPrivMagic,
            YcbcrEnc = got.YcbcrEnc,
            Quantization = got.Quantization,
        }, mode, asked, limits);
    }

    private static CaptureFormat Check(VideoDevice device, in Videodev2.PixFormat got, CameraMode mode, double? asked, ImageLimits limits)
    {
        if (CameraFormat.Find(got.PixelFormat) is not { } format)
            throw new InvalidDataException($"it gives {new OfferedFormat(got.PixelFormat, []).Name}, which is not read here; give another format: {CameraFormat.Names}");
        if (got.Width < 1 || got.Height < 1 || got.Width > limits.MaxSide || got.Height > limits.MaxSide || (long)got.Width * got.Height > limits.MaxPixels)
        {
            throw new InvalidDataException($"it gives {got.Width}x{got.Height} pixels, and each side must be from 1 to {limits.MaxSide}, " +
                $"with at most {limits.MaxPixels} pixels; give another size");
        }
        mode = new(format, (int)got.Width, (int)got.Height, SetInterval(device, mode.Interval, asked));
        // What follows Priv means nothing without its mark.
        bool isExtended = got.Priv == Videodev2.PixFmtPrivMagic;
        YuvEncoding encoding = Colorimetry.Of(got.PixelFormat, got.Colorspace,
            isExtended ? got.YcbcrEnc : Videodev2.YcbcrEncDefault, isExtended ? got.Quantization : Videodev2.QuantizationDefault);
        if (format.Raw is not { } raw)
            return new(mode, 0, got.SizeImage, encoding);

        long row = raw.RowBytes(mode.Width);
        long stride = got.BytesPerLine == 0 ? row : got.BytesPerLine;
        if (stride < row)
            throw new InvalidDataException($"it says that a row of {mode.Width} pixels {format.Name} has {stride} bytes, which needs {row}; give another size or format");
        var capture = new CaptureFormat(mode, (int)Math.Min(stride, int.MaxValue), got.SizeImage, encoding);
        capture.CheckRoom(got.SizeImage == 0 ? capture.LeastImage : got.SizeImage);
        return capture;
    }

    /// <summary>Refuses buffers that no picture fits in, or that are beyond all pictures.</summary>
    /// <exception cref="InvalidDataException">They are too small or too large.</exception>
    public void CheckRoom(long bytes)
    {
        if (bytes > int.MaxValue)
            throw new InvalidDataException($"its buffers of {bytes} bytes are over the limit of {int.MaxValue}; give another size or format");
        if (bytes < LeastImage)
        {
            throw new InvalidDataException($"its buffers of {bytes} bytes do not hold {Mode.Width}x{Mode.Height} {Mode.Format.Name}, " +
                $"which needs {LeastImage}; give another size or format");
        }
    }

    /// <summary>The rate that the device takes; null where it has none.</summary>
    private static FrameInterval? SetInterval(VideoDevice device, FrameInterval? interval, double? asked)
    {
        interval ??= asked is { } rate ? new IntervalRange(new(1, uint.MaxValue), new(uint.MaxValue, 1)).Nearest(rate) : null;
        Videodev2.StreamParm parameters = default;
        parameters.Type = device.BufType;
        if (interval is { } wanted)
            (parameters.Capture.TimePerFrame.Numerator, parameters.Capture.TimePerFrame.Denominator) = (wanted.Numerator, wanted.Denominator);
        int error = device.Control(interval is null ? Videodev2.GParm : Videodev2.SParm, &parameters);
        // Not every device has a rate.
        if (error is Errno.ENOTTY or Errno.EINVAL)
            return null;
        if (error != 0)
            throw new RequestException(interval is null ? "G_PARM" : "S_PARM", error);
        FrameInterval got = DeviceModes.Of(parameters.Capture.TimePerFrame);
        return (parameters.Capture.Capability & Videodev2.CapTimeperframe) != 0 && got is { Numerator: > 0, Denominator: > 0 } ? got : null;
    }

    private static long LeastBytes(CameraMode mode, int stride) => mode.Format.Raw is { } raw
        ? stride * (raw.RowsInMemory(mode.Height) - 1) + raw.RowBytes(mode.Width)
        : 1;
}
