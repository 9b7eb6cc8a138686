using LivePool.App.Commands;
using LivePool.App.Drawing;
using LivePool.Core.Backends;
using LivePool.Core.Tensors;
using LivePool.Frames;

namespace LivePool.App;

/// <summary>What the figure of a run shows: the input and the last stage's channels, and below them what was done to it and by whom.</summary>
internal static class RunFigure
{
    /// <summary>Lays out the figure.</summary>
    /// <param name="frame">Where the picture came from.</param>
    /// <param name="compiled">What ran.</param>
    /// <param name="planes">The input, <c>[1, C, H, W]</c>.</param>
    /// <param name="output">The last stage's output.</param>
    /// <param name="who">Who computed it, in words.</param>
    public static FigureContent Of(Frame frame, ICompiledPipeline compiled, byte[] planes, float[] output, string who)
    {
        TensorShape input = compiled.InputShape;
        TensorShape shape = compiled.Shapes[^1];
        var panels = new List<FigurePanel>
        {
            input.C == 1
                ? FigurePanel.FromGrey("input", $"{input}", input.W, input.H, planes)
                : FigurePanel.FromRgb("input", $"{input}", input.W, input.H, Interleave(planes, input.PlaneSize)),
        };
        int channels = Math.Min(shape.C, FigureContent.MaxPanels - 1);
        for (int channel = 0; channel < channels; channel++)
        {
            panels.Add(FigurePanel.FromPlane(
                $"{compiled.Pipeline.Stages[^1].Title}, channel {channel}", $"{shape}", shape.W, shape.H,
                output.AsMemory(channel * shape.PlaneSize, shape.PlaneSize)));
        }
        return new($"{compiled.Pipeline.Name} on {Path.GetFileName(frame.Origin)}", panels, [Stages(compiled), who]);
    }

    private static string Stages(ICompiledPipeline compiled)
    {
        var parts = new List<string> { $"input {compiled.InputShape}, {compiled.InputShape.Count} values" };
        TensorShape before = compiled.InputShape;
        for (int i = 0; i < compiled.Shapes.Count; i++)
        {
            parts.Add($"{compiled.Pipeline.Stages[i].Title} {compiled.Shapes[i]}, {RunCommand.ValueCount(before, compiled.Shapes[i])}");
            before = compiled.Shapes[i];
        }
        return string.Join("  →  ", parts);
    }

    private static byte[] Interleave(byte[] planes, int planeSize)
    {
        byte[] pixels = new byte[planes.Length];
        for (int i = 0; i < planeSize; i++)
        {
            for (int c = 0; c < 3; c++)
                pixels[3 * i + c] = planes[c * planeSize + i];
        }
        return pixels;
    }
}
