using LivePool.App.Drawing;
using LivePool.App.Measuring;
using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu;
using LivePool.Gpu.UserShaders;
using LivePool.Shaders;

namespace LivePool.App.Lab;

/// <summary>A shader that claims to be no operator: runs on a picture, its values counted, its output written.</summary>
internal sealed class FreeLab(LabRequest request, ShaderFolder folder)
{
    private const float FramesPerSecond = 60;

    // As in a window with nobody in it, but guarded: a shader that writes beyond its output is told so.
    private static readonly GpuBackendOptions _checked = new() { Debug = true, GuardBytes = 4096, PoisonOutputs = true, KeepDebugValues = true };

    /// <summary>Runs one shader, or two side by side.</summary>
    /// <exception cref="ShaderCompileException">One does not compile.</exception>
    public void Run(IReadOnlyList<UserShader> shaders)
    {
        LabPicture[] pictures = [.. shaders.Select(shader => LabPicture.Read(request.Source, shader.InputChannels ?? 1))];
        var outputs = new List<(TensorShape Shape, float[] Values, ValueStatistics Counted)>();
        using (GpuBackend backend = GpuBackend.CreateHeadless(folder, _checked))
        {
            Console.Out.WriteLine($"gpu: {backend.Device.Renderer}");
            for (int i = 0; i < shaders.Count; i++)
                outputs.Add(Run(backend, shaders[i], pictures[i], LabNames.Of(shaders[i], shaders)));
        }
        if (shaders.Count == 2)
        {
            Console.Out.WriteLine(outputs[0].Shape == outputs[1].Shape
                ? $"{LabNames.Of(shaders[0], shaders)} and {LabNames.Of(shaders[1], shaders)}: {LabDifference.Describe(outputs[0].Shape, outputs[0].Values, outputs[1].Values)}"
                : $"{LabNames.Of(shaders[0], shaders)} and {LabNames.Of(shaders[1], shaders)}: {outputs[0].Shape} and {outputs[1].Shape} are no shapes to compare");
        }
        if (request.Output is { } path)
        {
            WritePicture(path, outputs[0].Shape, outputs[0].Values);
            Console.Out.WriteLine($"wrote {path}");
        }
        List<LabTiming> timings = request.Timed ? Time(shaders, pictures) : [];
        if (request.Timed)
            LabReport.WriteTimes(timings);
        if (request.Json is { } json)
            WriteJson(json, shaders, outputs, timings);
    }

    private (TensorShape, float[], ValueStatistics) Run(GpuBackend backend, UserShader shader, LabPicture picture, string name)
    {
        using GpuCompiledPipeline compiled = backend.Compile(PipelineOf(shader), picture.Shape);
        ShaderReflection reflection = compiled.Reflection(0)!;
        Console.Out.WriteLine($"{name}: {picture.Shape} to {compiled.Shapes[0]}, {LabCompiled.Describe(reflection)}");
        (int, int, int)? invocation = request.Pixel is { } wanted ? Invocation(shader, compiled.Shapes[0], reflection, wanted) : null;
        compiled.Run(picture.X);
        for (int frame = 1; frame < request.Frames; frame++)
            RunAgain(compiled, frame);
        float[] values = compiled.Output(0).ToArray();
        ValueStatistics counted = LabValues.Of(values);
        Console.Out.WriteLine($"{name}: {LabValues.Describe(counted)}");
        if (request.Pixel is { } pixel)
            WritePixel(shader, compiled.Shapes[0], reflection, picture, values, pixel);
        if (shader.UsesDebug)
        {
            // Of the first frame alone: those of many would be mixed.
            using GpuCompiledPipeline again = backend.Compile(PipelineOf(shader), picture.Shape);
            again.ClearDebugValues(0, invocation);
            again.Run(picture.X);
            LabDebug.Write(again, shader, request.DebugValues, picture.Origin);
        }
        return (compiled.Shapes[0], values, counted);
    }

    private static (int X, int Y, int Z) Invocation(UserShader shader, TensorShape output, ShaderReflection reflection, LabPixel pixel)
    {
        if (pixel.X < 0 || pixel.X >= output.W || pixel.Y < 0 || pixel.Y >= output.H || pixel.Channel < 0 || pixel.Channel >= output.C)
        {
            throw new LivePoolException($"--pixel {pixel.X},{pixel.Y},{pixel.Channel}: {shader.Name} writes " +
                $"columns 0 to {output.W - 1}, rows 0 to {output.H - 1}, channels 0 to {output.C - 1}");
        }
        return LabPlace.Invocation(new FreeStage(shader), output, reflection, pixel);
    }

    /// <summary>The invocation, the value, and the input at the same place with its neighbours.</summary>
    private static void WritePixel(UserShader shader, TensorShape output, ShaderReflection reflection, LabPicture picture, float[] values, LabPixel pixel)
    {
        Console.Out.WriteLine($"channel {pixel.Channel}, row {pixel.Y}, column {pixel.X}: " +
            $"{Reports.Numbers.Exact(values[(pixel.Channel * output.H + pixel.Y) * output.W + pixel.X])}");
        Console.Out.WriteLine(LabPlace.Describe(new FreeStage(shader), output, reflection, pixel));
        var around = InputAround.Of(picture.Shape, picture.X, output, pixel);
        Console.Out.WriteLine($"the input around row {around.Row}, column {around.Column}:");
        foreach (float[] row in around.Values)
            Console.Out.WriteLine(string.Concat(row.Select(value => Reports.Numbers.Exact(value).PadLeft(5))));
    }

    private List<LabTiming> Time(IReadOnlyList<UserShader> shaders, LabPicture[] pictures)
    {
        using GpuBackend backend = GpuBackend.CreateHeadless(folder);
        GpuCompiledPipeline[] compiled = [.. shaders.Select((shader, i) => backend.Compile(PipelineOf(shader), pictures[i].Shape))];
        for (int i = 0; i < compiled.Length; i++)
            compiled[i].Run(pictures[i].X);
        int frame = 0;
        Times[] times = LabTimes.Measure([.. compiled.Select((pipeline, i) => new LabContender(shaders[i].Name, () =>
        {
            RunAgain(pipeline, ++frame);
            pipeline.Wait();
            return pipeline.StageMilliseconds[0];
        }))]);
        string size = $"{pictures[0].Shape.W}x{pictures[0].Shape.H}";
        return [.. times.Select((time, i) => new LabTiming(LabNames.Of(shaders[i], shaders), size, pictures[i].Shape, time))];
    }

    private static Pipeline PipelineOf(UserShader shader) => Pipeline.Of(new FreeStage(shader), shader.InputChannels ?? 1);

    private static void RunAgain(GpuCompiledPipeline compiled, int frame)
    {
        compiled.Moment = new(frame / FramesPerSecond);
        compiled.RunAgain();
    }

    /// <summary>Values from 0 to 255; others are the nearest of these, and NaN is 0.</summary>
    private static void WritePicture(string path, TensorShape shape, float[] values)
    {
        byte[] bytes = Array.ConvertAll(values, value => (byte)(float.IsNaN(value) ? 0 : Math.Clamp(MathF.Round(value), 0, 255)));
        if (shape.C == 1)
        {
            PngFile.Write(path, shape.W, shape.H, bytes);
            return;
        }
        byte[] rgb = new byte[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
            rgb[3 * (i % shape.PlaneSize) + i / shape.PlaneSize] = bytes[i];
        PngFile.WriteRgb(path, shape.W, shape.H, rgb);
    }

    private static void WriteJson(
        string path, IReadOnlyList<UserShader> shaders, List<(TensorShape Shape, float[] Values, ValueStatistics Counted)> outputs, List<LabTiming> timings) =>
        LabJson.Write(path, writer =>
        {
            writer.WriteStartArray("shaders");
            for (int i = 0; i < shaders.Count; i++)
            {
                writer.WriteStartObject();
                writer.WriteString("file", shaders[i].Name);
                Reports.RunReport.WriteShape(writer, "output", outputs[i].Shape);
                LabValues.Write(writer, outputs[i].Counted);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            LabReport.WriteTimes(writer, timings);
        });
}
