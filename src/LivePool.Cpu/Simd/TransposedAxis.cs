using System.Numerics;

namespace LivePool.Cpu.Simd;

/// <summary>
/// Outputs <c>stride*j + First</c> of one axis. They share their taps: through tap i, which is kernel position
/// <c>FirstTap + i*TapStep</c>, output j gets input <c>j + Offset - i*InputStep</c>.
/// </summary>
/// <param name="First">The first output, below the stride.</param>
/// <param name="FirstTap">The kernel position of tap 0.</param>
/// <param name="Taps">Number of taps, at least 1.</param>
/// <param name="Offset">The input that output 0 gets through tap 0; it may lie outside.</param>
/// <param name="TapsBefore">Taps of the phases before this one.</param>
internal readonly record struct TransposedPhase(int First, int FirstTap, int Taps, int Offset, int TapsBefore);

/// <summary>
/// One axis of a transposed convolution, seen from its output. Output o gets input i through kernel position k where
/// <c>i*stride + k*dilation - before = o</c>.
/// </summary>
internal sealed class TransposedAxis
{
    private readonly int _input;
    private readonly int _output;
    private readonly TransposedPhase[] _phases;

    public TransposedAxis(int input, int output, int kernel, int stride, int dilation, int before)
    {
        int divisor = (int)BigInteger.GreatestCommonDivisor(stride, dilation);
        _input = input;
        _output = output;
        Stride = stride;
        TapStep = stride / divisor;
        InputStep = dilation / divisor;

        // Kernel positions that lie a multiple of TapStep apart reach the same outputs.
        var phases = new List<TransposedPhase>();
        for (int tap = 0; tap < Math.Min(kernel, TapStep); tap++)
        {
            int position = tap * dilation - before;
            int first = position % stride;
            if (first < 0)
                first += stride;
            if (first < output)
                phases.Add(new(first, tap, (kernel - 1 - tap) / TapStep + 1, (first - position) / stride, 0));
        }
        phases.Sort((left, right) => left.First.CompareTo(right.First));
        for (int i = 0; i < phases.Count; i++)
        {
            phases[i] = phases[i] with { TapsBefore = Taps };
            Taps += phases[i].Taps;
        }
        _phases = [.. phases];
    }

    public int Stride { get; }

    public int TapStep { get; }

    public int InputStep { get; }

    /// <summary>Taps of all phases: kernel positions that reach an output.</summary>
    public int Taps { get; }

    /// <summary>The phases that have taps, by their first outputs.</summary>
    public ReadOnlySpan<TransposedPhase> Phases => _phases;

    /// <summary>Whether each output belongs to a phase; else there are outputs that no kernel position reaches.</summary>
    public bool CoversOutput => _phases.Length == Math.Min(Stride, _output);

    /// <summary>Number of outputs of a phase.</summary>
    public int Outputs(in TransposedPhase phase) => (_output - 1 - phase.First) / Stride + 1;

    /// <summary>The phase of an output and its number within; false where no kernel position reaches it.</summary>
    public bool TryFind(int output, out TransposedPhase phase, out int j)
    {
        (j, int first) = Math.DivRem(output, Stride);
        int low = 0;
        int high = _phases.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_phases[middle].First < first)
                low = middle + 1;
            else
                high = middle;
        }
        phase = low < _phases.Length ? _phases[low] : default;
        return low < _phases.Length && phase.First == first;
    }

    /// <summary>The taps through which output j of a phase gets an element of the input; none where end is start.</summary>
    public (int Start, int End) TapsInside(in TransposedPhase phase, int j)
    {
        int position = j + phase.Offset;
        int start = position < _input ? 0 : (position - _input) / InputStep + 1;
        int end = position < 0 ? 0 : Math.Min(phase.Taps, position / InputStep + 1);
        return (Math.Min(start, end), end);
    }

    /// <summary>The outputs of a phase that get an element through each of its taps; none where end is start.</summary>
    public (int Start, int End) Interior(in TransposedPhase phase)
    {
        int outputs = Outputs(phase);
        int start = Math.Min(outputs, Math.Max(0, (phase.Taps - 1) * InputStep - phase.Offset));
        return (start, Math.Max(start, Math.Min(outputs, _input - phase.Offset)));
    }
}
