using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;

namespace LivePool.Testing;

/// <summary>An Xvfb on a free display, its user xdotool, and what its screen shows.</summary>
public sealed class XServer : IDisposable
{
    private readonly DirectoryInfo _screens = Directory.CreateTempSubdirectory("livepool-xvfb-");
    private readonly Process _server;

    /// <exception cref="InvalidOperationException">Xvfb is not installed, or does not start.</exception>
    public XServer(int width, int height)
    {
        // The shell tidies up when its own input ends, which it does even if this process is killed.
        string script = $"trap 'rm -rf {_screens.FullName}' EXIT; command -v Xvfb >/dev/null || exit 127; exec 3<&0; "
            + $"Xvfb -displayfd 1 -screen 0 {width}x{height}x24 -fbdir {_screens.FullName} -nolisten tcp -noreset "
            + "3<&- </dev/null 2>/dev/null & "
            + "server=$!; exec >/dev/null; cat <&3; kill $server; wait";
        _server = Start("sh", ["-c", script], "dash");

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        string? number = _server.StandardOutput.ReadLineAsync(patience.Token).AsTask().GetAwaiter().GetResult();
        Display = number is not null
            ? $":{number}"
            : throw new InvalidOperationException(
                "Xvfb did not start: these tests need it. Debian: apt install xvfb xdotool libglfw3 libgl1-mesa-dri");
    }

    /// <summary>The value of DISPLAY for whoever is to be seen here.</summary>
    public string Display { get; }

    /// <summary>Gives an xdotool command, such as <c>key a</c>, and returns what it prints.</summary>
    /// <exception cref="InvalidOperationException">xdotool is not installed, or hangs.</exception>
    public string User(params string[] command)
    {
        using Process xdotool = Start("xdotool", command, "xdotool", Display);
        // Before the output ends, which a hanging xdotool's does not.
        if (!xdotool.WaitForExit(30_000))
        {
            xdotool.Kill();
            throw new InvalidOperationException($"xdotool {string.Join(' ', command)} hangs");
        }
        return xdotool.StandardOutput.ReadToEnd().Trim();
    }

    /// <summary>What the screen shows. Xvfb keeps it in a file, as xwd would write it.</summary>
    public Pixels Capture()
    {
        byte[] file = File.ReadAllBytes(Path.Combine(_screens.FullName, "Xvfb_screen0"));
        int headerBytes = Field(0), colourBytes = Field(19) * 12;
        int width = Field(4), height = Field(5), bytesPerPixel = Field(11) / 8, bytesPerLine = Field(12);
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = file.AsSpan(headerBytes + colourBytes + y * bytesPerLine, width * bytesPerPixel);
            for (int x = 0; x < width; x++)
            {
                int to = 3 * (y * width + x), from = x * bytesPerPixel;
                (rgb[to], rgb[to + 1], rgb[to + 2]) = (row[from + 2], row[from + 1], row[from]);
            }
        }
        return new(width, height, rgb);

        int Field(int index) => BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(index * sizeof(int)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _server.StandardInput.Close();
        _server.WaitForExit(5000);
        _server.Dispose();
    }

    private static Process Start(string program, string[] arguments, string package, string? display = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (display is not null)
            start.Environment["DISPLAY"] = display;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException(
                $"{program} cannot be started: these tests need it. Debian: apt install {package}", exception);
        }
    }
}

/// <summary>A picture: red, green and blue, a byte each, top row first.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Rgb">[height, width, 3].</param>
public sealed record Pixels(int Width, int Height, byte[] Rgb)
{
    /// <summary>One pixel.</summary>
    public (byte Red, byte Green, byte Blue) this[int x, int y]
    {
        get
        {
            int i = 3 * (y * Width + x);
            return (Rgb[i], Rgb[i + 1], Rgb[i + 2]);
        }
    }

    /// <summary>A rectangle of it, which must lie within.</summary>
    public Pixels Crop(int left, int top, int width, int height)
    {
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++)
            Rgb.AsSpan(3 * ((top + y) * Width + left), 3 * width).CopyTo(rgb.AsSpan(3 * y * width));
        return new(width, height, rgb);
    }

    /// <summary>Whether all pixels are the same.</summary>
    public bool Shows(Pixels other) => (Width, Height) == (other.Width, other.Height) && Rgb.AsSpan().SequenceEqual(other.Rgb);
}
