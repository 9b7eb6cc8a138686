using System.Globalization;
using LivePool.App.Drawing;
using LivePool.App.Recording;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Npy;
using LivePool.Core.Tensors;
using LivePool.Frames;
using SkiaSharp;

namespace LivePool.App;

/// <summary>Writes what a run's frame came to: the figure, and a PNG and a .npy for each channel of the last stage.</summary>
internal sealed class RunWriter(string folder, bool folderPerFrame, ChosenBackend chosen)
{
    /// <summary>Adds the frame's figure to a recording, which goes no faster than it is written.</summary>
    public void Record(Frame frame, PipelineRun run, FrameRecorder recorder)
    {
        ICompiledPipeline compiled = run.Compiled;
        using SKBitmap figure = Figure.Render(Content(frame, run, compiled.Output(compiled.Shapes.Count - 1).ToArray()));
        recorder.Add(figure.Width, figure.Height, waits: true, rgb =>
        {
            for (int y = 0; y < figure.Height; y++)
            {
                ReadOnlySpan<byte> row = figure.GetPixelSpan().Slice(y * figure.RowBytes, figure.Width * figure.BytesPerPixel);
                Span<byte> target = rgb.Slice(3 * y * figure.Width, 3 * figure.Width);
                if (figure.BytesPerPixel == 1)
                    Rgb.FromGreyToRgb(row, target);
                else
                    Rgb.FromRgba(row, target);
            }
        });
    }

    public void Write(Frame frame, PipelineRun run, int number)
    {
        string target = folderPerFrame ? Path.Combine(folder, number.ToString("D6", CultureInfo.InvariantCulture)) : folder;
        CreateFolder(target);
        ICompiledPipeline compiled = run.Compiled;
        TensorShape shape = compiled.Shapes[^1];
        float[] output = compiled.Output(compiled.Shapes.Count - 1).ToArray();
        for (int channel = 0; channel < shape.C; channel++)
        {
            ReadOnlySpan<float> plane = output.AsSpan(channel * shape.PlaneSize, shape.PlaneSize);
            PngFile.WritePlane(Path.Combine(target, $"channel{channel}.png"), shape.W, shape.H, plane);
            NpyArray.Write(Path.Combine(target, $"channel{channel}.npy"), [shape.H, shape.W], plane);
        }
        Figure.Save(Path.Combine(target, "figure.png"), Content(frame, run, output));
    }

    private FigureContent Content(Frame frame, PipelineRun run, float[] output) => RunFigure.Of(frame, run.Compiled, run.Input.ToArray(), output, chosen.Describe());

    /// <exception cref="LivePoolException">It cannot be made.</exception>
    public static void CreateFolder(string path)
    {
        if (File.Exists(path))
            throw new LivePoolException($"{path}: is a file; give a folder to write to");
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new LivePoolException($"{path}: the folder cannot be made: {e.Message.TrimEnd('.')}; give another one", e);
        }
    }
}
