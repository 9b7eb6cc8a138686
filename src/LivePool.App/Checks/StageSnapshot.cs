using LivePool.Core.Backends;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.App.Checks;

/// <summary>What a run read and computed, stage by stage, kept while the backend goes on. Its arrays are used again.</summary>
internal sealed class StageSnapshot
{
    private Pipeline? _pipeline;
    private TensorShape[] _shapes = [];
    private float[] _input = [];
    private float[][] _outputs = [];
    private long[][] _indices = [];

    public Pipeline Pipeline => _pipeline ?? throw new InvalidOperationException("nothing was taken yet");

    public TensorShape InputShape { get; private set; }

    public IReadOnlyList<TensorShape> Shapes => _shapes;

    /// <summary>What a stage was given: the frame, or what the stage before it computed.</summary>
    public (TensorShape Shape, float[] Elements) InputOf(int stage) =>
        stage == 0 ? (InputShape, _input) : (_shapes[stage - 1], _outputs[stage - 1]);

    public float[] Output(int stage) => _outputs[stage];

    public long[] Indices(int stage) => _indices[stage];

    /// <summary>Makes room for a run of the pipeline and keeps its frame.</summary>
    public void Begin(ICompiledPipeline compiled, FrameView frame)
    {
        if (!ReferenceEquals(_pipeline, compiled.Pipeline) || InputShape != compiled.InputShape)
        {
            _pipeline = compiled.Pipeline;
            InputShape = compiled.InputShape;
            _shapes = [.. compiled.Shapes];
            _input = new float[InputShape.Count];
            _outputs = Array.ConvertAll(_shapes, shape => new float[shape.Count]);
            _indices = [.. compiled.Pipeline.Stages.Select((stage, i) => new long[stage.ReturnsIndices ? _shapes[i].Count : 0])];
        }
        frame.CopyTo(_input);
    }

    /// <summary>Copies what the last run computed; on the GPU this waits.</summary>
    public void Take(ICompiledPipeline compiled, FrameView frame)
    {
        Begin(compiled, frame);
        for (int i = 0; i < _outputs.Length; i++)
        {
            compiled.Output(i).CopyTo(_outputs[i]);
            compiled.Indices(i).CopyTo(_indices[i]);
        }
    }
}
