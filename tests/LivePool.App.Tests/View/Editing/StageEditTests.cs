using LivePool.App.View.Editing;
using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.App.Tests.View.Editing;

public sealed class StageEditTests
{
    public static TheoryData<string> Addable => [.. StageEdit.Addable];

    [Theory]
    [MemberData(nameof(Addable))]
    public void Whatever_is_added_fits_what_comes_in(string name)
    {
        foreach (int channels in (int[])[1, 2, 3, 16])
        {
            OperatorSpec spec = StageEdit.Create(name, channels);
            // Global pools are adaptive ones.
            Assert.EndsWith(name.Replace("global_", "", StringComparison.Ordinal), spec.Name, StringComparison.Ordinal);
            Assert.Equal(channels, spec.OutputShape(new TensorShape(1, channels, 40, 36)).C);
        }
    }

    [Fact]
    public void Stages_are_added_behind_moved_and_removed()
    {
        Pipeline pipeline = PipelinePresets.Load("edge24");
        Pipeline added = StageEdit.Add(pipeline, 0, "relu", 2);
        Assert.Equal(["conv2d", "relu", "max_pool2d"], added.Stages.Select(stage => stage.Name));
        Assert.Equal(["conv2d", "max_pool2d", "relu"], StageEdit.Move(added, 1, 1).Stages.Select(stage => stage.Name));
        Assert.Equal(["relu", "conv2d", "max_pool2d"], StageEdit.Move(added, 1, -1).Stages.Select(stage => stage.Name));
        Assert.Equal(["conv2d", "max_pool2d"], StageEdit.Remove(added, 1).Stages.Select(stage => stage.Name));
    }

    [Fact]
    public void The_last_stage_stays()
    {
        Pipeline one = Pipeline.Of(Pointwise.Relu, 1);
        Assert.Contains("at least one stage", Assert.Throws<LivePoolException>(() => StageEdit.Remove(one, 0)).Message, StringComparison.Ordinal);
    }
}
