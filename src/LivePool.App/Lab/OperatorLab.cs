using LivePool.App.Measuring;
using LivePool.App.Reports;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Gpu;
using LivePool.Gpu.UserShaders;
using LivePool.Shaders;
using LivePool.Verification;
using Spectre.Console;

namespace LivePool.App.Lab;

/// <summary>
/// A shader that claims to be an operator: compiled in the built-in kernel's place, checked on the case table and random
/// cases, timed beside the built-in one.
/// </summary>
internal sealed class OperatorLab(LabRequest request, ShaderFolder folder)
{
    private const int Mismatch = 1;

    // Enough for every kind of group and tail.
    private const int CompileHeight = 48;
    private const int CompileWidth = 80;

    private static readonly (string Name, int Height, int Width)[] _sizes = [("1080p", 1080, 1920), ("4K", 2160, 3840)];

    private static readonly GpuBackendOptions _checked = new() { Debug = true, GuardBytes = 4096, PoisonOutputs = true };

    /// <summary>Checks and times one shader, or two side by side.</summary>
    /// <returns>The exit code: 0 if all passed, 1 if one did not.</returns>
    /// <exception cref="ShaderCompileException">One does not compile.</exception>
    public int Run(IReadOnlyList<UserShader> shaders)
    {
        string claimed = shaders[0].Claim!;
        OperatorShader.Of(claimed);
        // Both must compile before either is judged.
        foreach (UserShader shader in shaders)
            Compile(shader, claimed);
        var facts = new List<(VerificationFacts Facts, string Verdict)>();
        foreach (UserShader shader in shaders)
            facts.Add(Check(shader, claimed));
        List<LabTiming> timings = [];
        if (request.Timed)
        {
            timings = Time(shaders, claimed);
            Console.Out.WriteLine($"timed as {claimed}, {LabWorkload.Of(claimed, CompileHeight, CompileWidth).Description}; ratios are to the built-in kernel");
            LabReport.WriteTimes(timings);
        }
        for (int i = 0; i < shaders.Count; i++)
            Console.Out.WriteLine($"{LabNames.Of(shaders[i], shaders)}: {facts[i].Verdict}");
        if (request.Json is { } json)
            WriteJson(json, shaders, facts, timings);
        return facts.All(item => item.Facts.Run.Passed) ? 0 : Mismatch;
    }

    private ShaderBackend Create(UserShader shader, bool keepsDebugValues = false) =>
        new(GpuBackend.CreateHeadless(folder, _checked with { KeepDebugValues = keepsDebugValues }), shader);

    /// <summary>Compiles, says what the driver found, and runs it once on the picture where its values or a pixel are wanted.</summary>
    private void Compile(UserShader shader, string claimed)
    {
        using ShaderBackend backend = Create(shader, keepsDebugValues: true);
        LabWorkload small = LabWorkload.Of(claimed, CompileHeight, CompileWidth);
        using (GpuCompiledPipeline one = backend.Compile(Pipeline.Of(small.Spec, 1), small.Input))
            Console.Out.WriteLine($"{shader.Name}: @op {claimed}, {LabCompiled.Describe(one.Reflection(0)!)}");
        Console.Out.WriteLine($"gpu: {backend.Device.Renderer}");
        if (request.Pixel is null && !shader.UsesDebug)
            return;

        LabPicture picture = LabPicture.Read(request.Source, 1);
        LabWorkload workload = LabWorkload.Of(claimed, picture.Shape.H, picture.Shape.W);
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(workload.Spec, 1), workload.Input);
        (int, int, int)? invocation = request.Pixel is { } at
            ? OperatorPixel.Invocation(workload, shader, compiled.Reflection(0)!, at) : null;
        compiled.ClearDebugValues(0, invocation);
        compiled.Run(picture.X);
        if (request.Pixel is { } pixel)
            OperatorPixel.Write(workload, picture, compiled, Arithmetic.Of(backend), shader, pixel);
        LabDebug.Write(compiled, shader, request.DebugValues, picture.Origin);
    }

    private (VerificationFacts, string Verdict) Check(UserShader shader, string claimed)
    {
        using ShaderBackend backend = Create(shader);
        var verifier = new Verifier(backend, new ReferenceOperators());
        var plan = new VerificationPlan(request.Seed, request.Cases, [claimed], null);
        var run = new VerificationRun(plan, verifier);
        run.Run(() => { });
        var chosen = new ChosenBackend(backend, BackendNames.Gpu, null);
        var facts = new VerificationFacts(plan, run, chosen, verifier, [], "");
        VerificationReports.WriteTable(AnsiConsole.Console, facts);
        return (facts, Verdict(run, verifier));
    }

    private static string Verdict(VerificationRun run, Verifier verifier)
    {
        OperatorSummary summary = run.Operators[0];
        if (run.Passed)
            return $"right in all {summary.Cases} cases, {(summary.WorstShare == 0 ? "equal to the exact result" : $"at worst {Numbers.Share(summary.WorstShare)} of its bound")}";
        CaseResult failure = run.Failures[0];
        string text = $"WRONG in {summary.Failed} of {summary.Cases} cases; smallest: input {failure.Case.Input} {failure.Describe()}";
        if (failure.Refusal is not null)
            return text;
        // The first one is where a reader of the shader begins; the worst was told.
        CaseEvidence evidence = verifier.Examine(failure.Case);
        int first = Array.FindIndex(evidence.Share, share => share > 1);
        if (first < 0)
            return text;
        TensorShape shape = evidence.Shape;
        int plane = first / shape.PlaneSize;
        return $"{text}; first wrong element [{plane / shape.C}, {plane % shape.C}, {first / shape.W % shape.H}, {first % shape.W}]";
    }

    private List<LabTiming> Time(IReadOnlyList<UserShader> shaders, string claimed)
    {
        var timings = new List<LabTiming>();
        using GpuBackend gpu = GpuBackend.CreateHeadless(folder);
        (string, ShaderBackend)[] backends =
            [("built-in", new(gpu, null)), .. shaders.Select(shader => (LabNames.Of(shader, shaders), new ShaderBackend(gpu, shader)))];
        foreach ((string size, int height, int width) in _sizes)
            TimeAt(size, LabWorkload.Of(claimed, height, width), backends, timings);
        return timings;
    }

    private static void TimeAt(string size, LabWorkload workload, (string Name, ShaderBackend Backend)[] backends, List<LabTiming> timings)
    {
        float[] x = LabPicture.Pattern(workload.Input.Count);
        var compiled = new List<GpuCompiledPipeline>();
        try
        {
            foreach ((_, ShaderBackend backend) in backends)
            {
                compiled.Add(backend.Compile(Pipeline.Of(workload.Spec, 1), workload.Input));
                compiled[^1].Run(x);
            }
            Times[] times = LabTimes.Measure([.. compiled.Select((pipeline, i) => new LabContender(backends[i].Name, () => RunOnce(pipeline)))]);
            timings.AddRange(times.Select((time, i) => new LabTiming(backends[i].Name, size, workload.Input, time)));
            if (compiled.Count == 3 && timings.Count == 3)
            {
                Console.Out.WriteLine($"{backends[1].Name} and {backends[2].Name} at {size}: " +
                    LabDifference.Describe(compiled[1].Shapes[0], compiled[1].Output(0), compiled[2].Output(0)));
            }
        }
        finally
        {
            compiled.ForEach(pipeline => pipeline.Dispose());
        }
    }

    private static double RunOnce(GpuCompiledPipeline pipeline)
    {
        pipeline.RunAgain();
        pipeline.Wait();
        return pipeline.StageMilliseconds[0];
    }

    private static void WriteJson(
        string path, IReadOnlyList<UserShader> shaders, List<(VerificationFacts Facts, string Verdict)> checks, List<LabTiming> timings) =>
        LabJson.Write(path, writer =>
        {
            checks[0].Facts.Chosen.Write(writer);
            writer.WriteStartArray("shaders");
            for (int i = 0; i < shaders.Count; i++)
            {
                VerificationFacts facts = checks[i].Facts;
                writer.WriteStartObject();
                writer.WriteString("file", shaders[i].Name);
                writer.WriteString("op", shaders[i].Annotations.Operator);
                writer.WriteString("verdict", checks[i].Verdict);
                VerificationJson.Write(writer, facts.Plan, facts.Run, facts.Verifier.Arithmetic);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            LabReport.WriteTimes(writer, timings);
        });
}
