using System.Globalization;
using System.Text.Json;
using LivePool.App.Reports;
using LivePool.Cpu.Reference;
using LivePool.Verification;

namespace LivePool.App.Checks;

/// <summary>Verifies every frame of a headless run, and saves the first case that fails of each stage.</summary>
internal sealed class RunVerification
{
    private static readonly TimeSpan _shrinkTime = TimeSpan.FromSeconds(20);

    private readonly ChosenBackend _chosen;
    private readonly IReadOnlyList<string> _backendAgain;
    private readonly string _folder;
    private readonly Verifier _verifier;
    private readonly FrameCheck _check;
    private readonly StageSnapshot _snapshot = new();
    private StageRecord[] _stages = [];

    /// <param name="chosen">The backend.</param>
    /// <param name="backendAgain">The options that choose it again.</param>
    /// <param name="folder">Where failing cases are saved.</param>
    public RunVerification(ChosenBackend chosen, IReadOnlyList<string> backendAgain, string folder)
    {
        _backendAgain = backendAgain;
        _chosen = chosen;
        _folder = folder;
        _verifier = new(chosen.Backend, new ReferenceOperators());
        _check = new(_verifier.Arithmetic);
    }

    /// <summary>Whether every stage of every frame was within its bound.</summary>
    public bool Passed => _stages.All(stage => stage.Failed == 0);

    /// <summary>Checks the last run.</summary>
    public void Add(PipelineRun run, string origin)
    {
        _snapshot.Take(run.Compiled, run.Input);
        ComparisonReport[] reports = _check.Check(_snapshot);
        if (_stages.Length == 0)
            _stages = Array.ConvertAll(reports, report => new StageRecord(report.Operator));
        for (int i = 0; i < reports.Length; i++)
        {
            if (!reports[i].Passed && _stages[i].Failed == 0)
                Save(i, reports[i], origin);
            _stages[i].Add(reports[i]);
        }
    }

    private void Save(int stage, ComparisonReport report, string origin)
    {
        ConcreteCase whole = FrameCheck.CaseOf(_snapshot, stage, $"{origin}, stage {stage + 1}");
        // A stage on its own may do right what it did wrong in the pipeline; then the whole input is all there is to save.
        CaseResult alone = _verifier.Run(whole);
        CaseResult smallest = alone.Passed ? alone : _verifier.Shrink(alone, DateTime.UtcNow + _shrinkTime);
        string path = Path.Combine(_folder, $"stage{stage + 1}-{report.Operator}-{_chosen.Backend.Name}.case.json");
        CaseFile.Write(path, smallest.Case);
        Console.Out.WriteLine($"stage {stage + 1}, {report}");
        string command = ShellCommand.Of(["livepool", "verify", .. _backendAgain, "--case", path]);
        Console.Out.WriteLine(alone.Passed
            ? $"  alone it is right; its input {smallest.Case.Input} with: {command}"
            : $"  its smallest failing input {smallest.Case.Input} again with: {command}");
    }

    /// <summary>A line for each stage: how near its bound the worst element of all frames came.</summary>
    public void WriteLines()
    {
        foreach (StageRecord stage in _stages)
            Console.Out.WriteLine($"verified {stage.Operator}: {stage.Describe()}");
    }

    /// <summary>Writes a property of an object that is open.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("verification");
        writer.WriteBoolean("passed", Passed);
        writer.WriteStartArray("stages");
        foreach (StageRecord stage in _stages)
            stage.Write(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private sealed class StageRecord(string name)
    {
        private int _frames;
        private long _elements;
        private double _worstShare;
        private ComparisonReport? _worst;

        public string Operator => name;

        public int Failed { get; private set; }

        public void Add(ComparisonReport report)
        {
            _frames++;
            _elements += report.Compared;
            if (!report.Passed)
                Failed++;
            if (report.WorstShare > _worstShare || _worst is null)
                (_worstShare, _worst) = (report.WorstShare, report);
        }

        public string Describe()
        {
            string frames = _frames == 1 ? "" : $" in {_frames} frames";
            string elements = _elements.ToString("N0", CultureInfo.InvariantCulture);
            return _worst is { IsKnown: false } ? "not compared, it claims to be no operator"
                : Failed > 0 ? $"FAILED{(_frames == 1 ? "" : $" in {Failed} of {_frames} frames")}"
                : _worst?.Worst is { } worst ? string.Create(CultureInfo.InvariantCulture,
                    $"{elements} elements{frames} within their bounds, at worst {100 * _worstShare:F1}% of it at [{worst.N}, {worst.C}, {worst.H}, {worst.W}]")
                : $"{elements} elements{frames} equal";
        }

        public void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("op", name);
            if (_worst is { IsKnown: false })
                writer.WriteBoolean("compared", false);
            writer.WriteNumber("frames", _frames);
            writer.WriteNumber("failed", Failed);
            writer.WriteNumber("elements", _elements);
            if (double.IsFinite(_worstShare))
                writer.WriteNumber("worst_share_of_bound", _worstShare);
            else
                writer.WriteString("worst_share_of_bound", "inf");
            writer.WriteEndObject();
        }
    }
}
