using LivePool.Core.Operators;

namespace LivePool.App.View.Inspection;

/// <summary>The part of a later stage's output that depends on an element.</summary>
/// <param name="Field">Where in its planes.</param>
/// <param name="FirstChannel">The first of the channels that do.</param>
/// <param name="LastChannel">The last of them.</param>
internal readonly record struct ReachedField(Field Field, int FirstChannel, int LastChannel)
{
    public bool Has(int stage, int channel) => stage == Field.Stage && channel >= FirstChannel && channel <= LastChannel;

    /// <summary>From stage to stage, as far as it goes.</summary>
    public static List<ReachedField> From(Element at, StageTextures stages)
    {
        var reached = new List<ReachedField>();
        Field? field = new Field(at.Stage, at.Row, at.Column, at.Row, at.Column);
        (int first, int last) = (at.Channel, at.Channel);
        for (int stage = at.Stage + 1; stage < stages.Compiled!.Shapes.Count; stage++)
        {
            OperatorSpec spec = stages.Compiled.Pipeline.Stages[stage];
            field = Reach.Of(spec, stages.Shape(stage - 1), stages.Shape(stage), field.Value);
            if (field is null)
                break;
            (first, last) = Channels(spec, stages.Shape(stage - 1).C, stages.Shape(stage).C, first, last);
            reached.Add(new(field.Value, first, last));
        }
        return reached;
    }

    /// <summary>A convolution reaches all channels of the groups that it takes in; all else keeps channels apart.</summary>
    private static (int First, int Last) Channels(OperatorSpec spec, int inputs, int outputs, int first, int last)
    {
        int groups = spec switch { Conv2d conv => conv.Groups, ConvTranspose2d conv => conv.Groups, _ => 0 };
        if (groups == 0)
            return (first, last);
        (int before, int after) = (inputs / groups, outputs / groups);
        return (first / before * after, last / before * after + after - 1);
    }
}
