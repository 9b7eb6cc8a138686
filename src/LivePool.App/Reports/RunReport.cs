using System.Text.Json;
using LivePool.App.Checks;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Frames.Streaming;

namespace LivePool.App.Reports;

/// <summary>report.json: what ran, on what, how long each stage took, over all frames.</summary>
internal sealed class RunReport(string source, Pipeline pipeline, ChosenBackend chosen)
{
    private readonly bool[] _fused = new bool[pipeline.Stages.Length];
    private readonly List<double>[] _milliseconds = [.. pipeline.Stages.Select(_ => new List<double>())];
    private TensorShape _input;
    private IReadOnlyList<TensorShape> _shapes = [];
    private int _frames;
    private bool _convertsOnGpu;

    public void Add(PipelineRun run)
    {
        ICompiledPipeline compiled = run.Compiled;
        _frames++;
        _convertsOnGpu = run.ConvertsOnGpu;
        _input = compiled.InputShape;
        _shapes = compiled.Shapes;
        // This frame's times: its outputs are about to be read and written, which waits anyway.
        compiled.Wait();
        ReadOnlySpan<double> times = compiled.StageMilliseconds;
        for (int i = 0; i < times.Length; i++)
        {
            _fused[i] = compiled.IsFused(i);
            _milliseconds[i].Add(times[i]);
        }
    }

    public void Write(string path, RunFrames frames, RunVerification? verification)
    {
        try
        {
            using FileStream stream = File.Create(path);
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            Write(writer, frames, verification);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LivePoolException($"{path}: {e.Message}", e);
        }
    }

    private void Write(Utf8JsonWriter writer, RunFrames frames, RunVerification? verification)
    {
        writer.WriteStartObject();
        writer.WriteString("livepool", Versions.Program);
        writer.WriteString("source", source);
        writer.WriteNumber("frames", _frames);
        chosen.Write(writer);
        WriteShape(writer, "input", _input);
        writer.WriteString("converted_on", _convertsOnGpu ? "gpu" : "cpu");
        writer.WriteStartArray("stages");
        for (int i = 0; i < _shapes.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("op", pipeline.Stages[i].Name);
            WriteShape(writer, "shape", _shapes[i]);
            writer.WriteNumber("values", _shapes[i].Count);
            // Its time is in that of the stage after it.
            if (_fused[i])
                writer.WriteBoolean("fused", true);
            else
                WriteTimes(writer, _milliseconds[i]);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        if (frames.Counts is { } counts)
            WriteStream(writer, counts, frames.Latency);
        verification?.Write(writer);
        writer.WritePropertyName("pipeline");
        PipelineJson.Write(writer, pipeline);
        writer.WriteEndObject();
    }

    /// <summary>Writes a property with a shape's four dimensions.</summary>
    public static void WriteShape(Utf8JsonWriter writer, string property, TensorShape shape)
    {
        writer.WriteStartArray(property);
        foreach (int dimension in (ReadOnlySpan<int>)[shape.N, shape.C, shape.H, shape.W])
            writer.WriteNumberValue(dimension);
        writer.WriteEndArray();
    }

    private static void WriteStream(Utf8JsonWriter writer, FeedCounts counts, LatencyMeter latency)
    {
        writer.WriteStartObject("stream");
        writer.WriteNumber("captured", counts.Captured);
        writer.WriteNumber("dropped", counts.Dropped);
        writer.WriteNumber("shown", counts.Shown);
        writer.WriteNumber("late", counts.Late);
        writer.WriteNumber("stalls", counts.Stalls);
        writer.WriteNumber("missed", counts.Missed);
        writer.WriteNumber("damaged", counts.Damaged);
        if (!latency.IsEmpty)
        {
            (double p50, double p95, double p99) = latency.Percentiles();
            writer.WriteStartObject("latency_milliseconds");
            writer.WriteNumber("p50", Math.Round(p50, 3));
            writer.WriteNumber("p95", Math.Round(p95, 3));
            writer.WriteNumber("p99", Math.Round(p99, 3));
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteTimes(Utf8JsonWriter writer, List<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Where(double.IsFinite).Order()];
        if (sorted.Length == 0)
        {
            writer.WriteNull("milliseconds");
            return;
        }
        writer.WriteStartObject("milliseconds");
        writer.WriteNumber("min", Math.Round(sorted[0], 4));
        writer.WriteNumber("median", Math.Round(sorted[sorted.Length / 2], 4));
        writer.WriteNumber("max", Math.Round(sorted[^1], 4));
        writer.WriteEndObject();
    }
}
