using LivePool.Core.Backends;
using LivePool.Core.Tensors;
using LivePool.Gpu;
using LivePool.Gpu.Display;
using Silk.NET.OpenGL;

namespace LivePool.App.View;

/// <summary>
/// The input and every stage's output as textures, and the ranges of their planes. What the GPU computed goes from its buffer
/// to a texture without a trip through the CPU.
/// </summary>
internal sealed class StageTextures(GL gl) : IDisposable
{
    private static readonly PlaneRange _inputRange = new(0, byte.MaxValue);

    private readonly PlaneTextures _input = new(gl);
    private readonly List<PlaneTextures> _outputs = [];
    private readonly List<PlaneRanges> _gpuRanges = [];
    private PipelineRun? _run;
    private float[] _inputPlanes = [];
    private bool _hasInput;
    private PlaneRange[][] _ranges = [];

    /// <summary>What is shown; null before the first frame.</summary>
    public ICompiledPipeline? Compiled { get; private set; }

    /// <summary>The frame that was run, <c>[1, C, H, W]</c>; made when it is asked for first.</summary>
    public ReadOnlySpan<float> Input
    {
        get
        {
            int count = Compiled!.InputShape.Count;
            if (_inputPlanes.Length < count)
                _inputPlanes = new float[count];
            if (!_hasInput)
                ((FrameView)_run!.Input).CopyTo(_inputPlanes.AsSpan(0, count));
            _hasInput = true;
            return _inputPlanes.AsSpan(0, count);
        }
    }

    /// <summary>The input's shape for -1, else a stage's output's.</summary>
    public TensorShape Shape(int stage) => stage < 0 ? Compiled!.InputShape : Compiled!.Shapes[stage];

    /// <summary>The input for -1, else a stage's output.</summary>
    public PlaneTextures this[int stage] => stage < 0 ? _input : _outputs[stage];

    /// <summary>The smallest and the largest value of a plane.</summary>
    public PlaneRange Range(int stage, int channel) => stage < 0 ? _inputRange : _ranges[stage][channel];

    /// <summary>Takes over what a run produced; every stage's output is kept.</summary>
    public void Update(PipelineRun run)
    {
        ICompiledPipeline compiled = run.Compiled;
        if (!ReferenceEquals(compiled, Compiled))
            Adopt(compiled);
        (_run, _hasInput) = (run, false);
        if (compiled is GpuCompiledPipeline gpu)
        {
            _input.Upload(gpu.InputBuffer, compiled.InputShape);
            for (int stage = 0; stage < _ranges.Length; stage++)
                _outputs[stage].Upload(gpu.OutputBuffer(stage), compiled.Shapes[stage]);
            Settle();
            return;
        }
        _input.Upload(Input, compiled.InputShape);
        for (int stage = 0; stage < _ranges.Length; stage++)
        {
            ReadOnlySpan<float> output = compiled.Output(stage);
            int plane = compiled.Shapes[stage].PlaneSize;
            _outputs[stage].Upload(output, compiled.Shapes[stage]);
            for (int i = 0; i < _ranges[stage].Length; i++)
                _ranges[stage][i] = PlaneRange.Of(output.Slice(i * plane, plane));
        }
    }

    /// <summary>
    /// The GPU's ranges arrive one update late: this fetches those of the frame that is shown, once no newer one follows.
    /// </summary>
    public void Settle()
    {
        for (int stage = 0; stage < _gpuRanges.Count; stage++)
            _gpuRanges[stage].Update().CopyTo(_ranges[stage]);
    }

    /// <summary>Lets go of what is shown, before its pipeline is disposed of.</summary>
    public void Forget()
    {
        foreach (PlaneRanges ranges in _gpuRanges)
            ranges.Dispose();
        _gpuRanges.Clear();
        Compiled = null;
    }

    private void Adopt(ICompiledPipeline compiled)
    {
        Forget();
        int stages = compiled.Shapes.Count;
        while (_outputs.Count < stages)
            _outputs.Add(new(gl));
        while (_outputs.Count > stages)
        {
            _outputs[^1].Dispose();
            _outputs.RemoveAt(_outputs.Count - 1);
        }
        if (compiled is GpuCompiledPipeline gpu)
            _gpuRanges.AddRange(Enumerable.Range(0, stages).Select(gpu.CreatePlaneRanges));
        _ranges = [.. compiled.Shapes.Select(shape => new PlaneRange[shape.Planes])];
        Compiled = compiled;
    }

    public void Dispose()
    {
        Forget();
        _input.Dispose();
        foreach (PlaneTextures output in _outputs)
            output.Dispose();
    }
}
