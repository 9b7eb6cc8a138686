using LivePool.App.Lab;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Cpu.Reference;
using LivePool.Gpu;
using LivePool.Gpu.UserShaders;
using LivePool.Shaders;
using LivePool.Verification;

namespace LivePool.App.Tests.Lab;

public sealed class ShaderTemplateTests : IDisposable
{
    private static readonly GpuBackendOptions _strict = new() { Debug = true, GuardBytes = 256, PoisonOutputs = true };

    private readonly string _folder = Directory.CreateTempSubdirectory("livepool-lab-").FullName;

    public static TheoryData<string> Operators => [.. OperatorShader.Names];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private UserShader Write(string text)
    {
        string path = Path.Combine(_folder, "mine.comp");
        File.WriteAllText(path, text);
        return UserShader.Load(ShaderFolder.Locate(), path);
    }

    private static VerificationRun Check(UserShader shader)
    {
        using var backend = new ShaderBackend(GpuBackend.CreateHeadless(options: _strict), shader);
        var run = new VerificationRun(new(1, 30, [shader.Claim!], null), new Verifier(backend, new ReferenceOperators()));
        run.Run(() => { });
        return run;
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void The_template_of_every_operator_passes_its_cases(string name)
    {
        UserShader shader = Write(ShaderTemplate.Of("mine.comp", OperatorShader.Of(name), ShaderFolder.Locate()));
        Assert.Equal(name, shader.Claim);
        VerificationRun run = Check(shader);
        Assert.True(run.Passed, run.Failures.Count > 0 ? run.Failures[0].Describe() : "no case was run");
    }

    /// <summary>The check is the template's and not the built-in kernel's: what it writes is wrong, and that is found.</summary>
    [Theory]
    [InlineData("conv2d", "y[start + k] = sum[k];", "y[start + k] = 1.01 * sum[k];")]
    [InlineData("adaptive_max_pool2d", "y[target] = best;", "y[target] = best + 1.0;")]
    [InlineData("tanh", "= apply(x[", "= 0.5 + apply(x[")]
    public void A_fault_in_it_is_found(string name, string right, string wrong)
    {
        string text = ShaderTemplate.Of("mine.comp", OperatorShader.Of(name), ShaderFolder.Locate());
        Assert.Contains(right, text, StringComparison.Ordinal);
        Assert.False(Check(Write(text.Replace(right, wrong, StringComparison.Ordinal))).Passed);
    }

    [Fact]
    public void Every_operator_of_the_case_table_has_one() =>
        Assert.Equal(CaseGenerator.OperatorNames.Order(StringComparer.Ordinal), OperatorShader.Names.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Operators))]
    public void Every_operator_is_timed_on_something_that_it_takes(string name)
    {
        LabWorkload workload = LabWorkload.Of(name, 45, 80);
        using GpuBackend backend = GpuBackend.CreateHeadless(options: _strict);
        float[] x = LabPicture.Pattern(workload.Input.Count);
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(workload.Spec, 1), workload.Input);
        compiled.Run(x);
        ComparisonReport report = new OperatorCheck(new ReferenceOperators()).Compare(
            workload.Spec, workload.Input, x, compiled.Output(0), compiled.Indices(0), Arithmetic.Of(backend));
        Assert.True(report.Passed, report.ToString());
        Assert.True(compiled.Output(0).ToArray().Distinct().Count() > 1);
        Assert.NotEmpty(workload.Description);
    }

    [Fact]
    public void The_free_template_multiplies_by_its_gain()
    {
        StageShader shader = Write(ShaderTemplate.Free("mine.comp")).WithValue("gain", "2");
        using GpuBackend backend = GpuBackend.CreateHeadless(options: _strict);
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(new FreeStage(shader), 1), new(1, 1, 2, 3));
        compiled.Run(new float[] { 1, 2, 3, 4, 5, 6 });
        Assert.Equal([2, 4, 6, 8, 10, 12], compiled.Output(0));
        Assert.True(compiled.TryTakeValues(Pipeline.Of(new FreeStage(shader.WithValue("inverted", "true")), 1)));
        compiled.RunAgain();
        Assert.Equal([253, 251, 249, 247, 245, 243], compiled.Output(0));
    }
}
