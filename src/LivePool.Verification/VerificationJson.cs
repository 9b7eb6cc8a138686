using System.Text.Json;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Verification;

/// <summary>A verification as JSON, for machines. Numbers that JSON lacks are the words "nan", "inf" and "-inf".</summary>
public static class VerificationJson
{
    /// <summary>Writes what <see cref="VerificationRun.Run"/> found, as properties of an object that is open.</summary>
    public static void Write(Utf8JsonWriter writer, VerificationPlan plan, VerificationRun run, Arithmetic arithmetic)
    {
        writer.WriteBoolean("passed", run.Passed);
        writer.WriteBoolean("ended_early", run.EndedEarly);
        writer.WriteNumber("seed", plan.Seed);
        writer.WriteNumber("table_cases", run.TableCases);
        writer.WriteNumber("random_cases", run.RandomCases);
        writer.WriteNumber("seconds", Math.Round(run.Elapsed.TotalSeconds, 3));
        writer.WriteStartObject("arithmetic");
        writer.WriteNumber("unit", arithmetic.Unit);
        writer.WriteBoolean("flushes_subnormals", arithmetic.FlushesSubnormals);
        writer.WriteEndObject();
        writer.WriteStartArray("operators");
        foreach (OperatorSummary summary in run.Operators)
            Write(writer, summary);
        writer.WriteEndArray();
        writer.WriteStartArray("failures");
        foreach (CaseResult failure in run.Failures)
            Write(writer, failure);
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, OperatorSummary summary)
    {
        writer.WriteStartObject();
        writer.WriteString("op", summary.Name);
        writer.WriteNumber("cases", summary.Cases);
        writer.WriteNumber("failed", summary.Failed);
        writer.WriteNumber("elements", summary.Elements);
        writer.WriteNumber("suspicious", summary.Suspicious);
        WriteNumber(writer, "worst_share_of_bound", summary.WorstShare);
        WriteNumber(writer, "worst_share_of_round_to_nearest_bound", summary.WorstTightShare);
        WriteNumber(writer, "worst_ulps", summary.WorstUlps);
        writer.WriteStartArray("histogram");
        foreach (long count in summary.Histogram)
            writer.WriteNumberValue(count);
        writer.WriteEndArray();
        if (summary.Worst is { } worst)
        {
            writer.WritePropertyName("worst");
            Write(writer, worst);
        }
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, CaseResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("origin", result.Case.Origin);
        writer.WritePropertyName("stage");
        PipelineJson.WriteStage(writer, result.Case.Spec);
        WriteIntegers(writer, "input_shape", result.Case.Input);
        if (result.Refusal is not null)
            writer.WriteString("refusal", result.Refusal);
        if (result.Report is { } report)
        {
            WriteIntegers(writer, "output_shape", report.Shape);
            writer.WriteNumber("wrong_elements", report.Failures);
            writer.WriteNumber("wrong_indices", report.IndexMismatches);
            if (report.Worst is { } worst)
            {
                writer.WriteStartArray("at");
                foreach (int position in (ReadOnlySpan<int>)[worst.N, worst.C, worst.H, worst.W])
                    writer.WriteNumberValue(position);
                writer.WriteEndArray();
                WriteNumber(writer, "got", worst.Got);
                WriteNumber(writer, "exact", worst.Exact);
                WriteNumber(writer, "bound", worst.Bound);
                WriteNumber(writer, "share_of_bound", report.WorstShare);
                WriteNumber(writer, "ulps", worst.Ulps);
            }
            if (report.FirstWrongIndex is { } index)
                writer.WriteString("first_wrong_index", index.ToString());
        }
        writer.WriteEndObject();
    }

    private static void WriteIntegers(Utf8JsonWriter writer, string property, TensorShape shape)
    {
        writer.WriteStartArray(property);
        foreach (int length in (ReadOnlySpan<int>)[shape.N, shape.C, shape.H, shape.W])
            writer.WriteNumberValue(length);
        writer.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string property, double number)
    {
        if (double.IsFinite(number))
            writer.WriteNumber(property, number);
        else
            writer.WriteString(property, double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf");
    }
}
