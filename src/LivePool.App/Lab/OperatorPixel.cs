using LivePool.App.Reports;
using LivePool.Core;
using LivePool.Core.Tensors;
using LivePool.Cpu.Reference;
using LivePool.Gpu;
using LivePool.Gpu.UserShaders;
using LivePool.Verification;
using LivePool.Verification.Explanations;
using Spectre.Console;

namespace LivePool.App.Lab;

/// <summary>One output element of an operator's shader: who computes it, from what, and what it ought to be.</summary>
internal static class OperatorPixel
{
    /// <summary>The invocation that writes it.</summary>
    /// <exception cref="LivePoolException">The output has no such element.</exception>
    public static (int X, int Y, int Z) Invocation(LabWorkload workload, UserShader shader, ShaderReflection reflection, LabPixel pixel)
    {
        TensorShape output = workload.Spec.OutputShape(workload.Input);
        if (pixel.X < 0 || pixel.X >= output.W || pixel.Y < 0 || pixel.Y >= output.H || pixel.Channel < 0 || pixel.Channel >= output.C)
        {
            throw new LivePoolException($"--pixel {pixel.X},{pixel.Y},{pixel.Channel}: {workload.Spec.Name} on {workload.Input} has " +
                $"columns 0 to {output.W - 1}, rows 0 to {output.H - 1}, channels 0 to {output.C - 1}");
        }
        return LabPlace.Invocation(workload.Spec with { Shader = shader }, output, reflection, pixel);
    }

    /// <summary>Prints it: the invocation, each tap, and the shader's value beside the exact one.</summary>
    public static void Write(
        LabWorkload workload, LabPicture picture, GpuCompiledPipeline compiled, Arithmetic arithmetic, UserShader shader, LabPixel pixel)
    {
        TensorShape output = compiled.Shapes[0];
        Console.Out.WriteLine($"{workload.Spec.Name} {output} of {picture.Origin}, channel {pixel.Channel}, row {pixel.Y}, column {pixel.X}");
        Console.Out.WriteLine(LabPlace.Describe(compiled.Pipeline.Stages[0], output, compiled.Reflection(0)!, pixel));
        Explanation explanation = Explainer.Explain(workload.Spec, workload.Input, picture.X, new(0, pixel.Channel, pixel.Y, pixel.X));
        float got = compiled.Output(0)[(pixel.Channel * output.H + pixel.Y) * output.W + pixel.X];
        var verdict = ElementVerdict.Of(explanation, new ReferenceOperators(), arithmetic, got, null);
        new ExplanationReport(explanation, verdict, shader.Name).Write(AnsiConsole.Console, all: false);
    }
}
