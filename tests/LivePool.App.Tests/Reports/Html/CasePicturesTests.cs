using System.Buffers;
using System.Text.Json;
using LivePool.App.Reports.Html;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using LivePool.Verification;

namespace LivePool.App.Tests.Reports.Html;

public sealed class CasePicturesTests
{
    /// <summary>So that a page stays below 2 MB: nine operators round, and only what rounds has a worst case so large.</summary>
    private const int MostBytes = 210_000;

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(100, 250, 72, 222)]
    [InlineData(199, 299, 144, 244)]
    public void A_large_plane_is_cut_around_the_element(int row, int column, int top, int left)
    {
        CasePictures pictures = Relu(new(2, 3, 200, 300), 1, 2, row, column);

        Assert.Equal((top, left), (pictures.Output.Top, pictures.Output.Left));
        Assert.Equal((Crop.Most, Crop.Most), (pictures.Output.Height, pictures.Output.Width));
        Assert.True(pictures.Output.IsPart);
        Assert.Equal(pictures.Output, pictures.Input);
        using JsonDocument json = Written(pictures, out int bytes);
        JsonElement values = json.RootElement.GetProperty("input").GetProperty("value");
        Assert.Equal(Crop.Most * Crop.Most, values.GetArrayLength());
        Assert.Equal(Value(((1 * 3 + 2) * 200 + top) * 300 + left), (float)values[0].GetDouble());
        Assert.Equal(Value(((1 * 3 + 2) * 200 + top + Crop.Most - 1) * 300 + left + Crop.Most - 1), (float)values[values.GetArrayLength() - 1].GetDouble());
        Assert.InRange(bytes, 1, MostBytes);
    }

    [Fact]
    public void A_small_plane_is_whole()
    {
        CasePictures pictures = Relu(new(1, 1, 5, 56), 0, 0, 4, 55);
        Assert.Equal((0, 0, 5, 56, false), (pictures.Output.Top, pictures.Output.Left, pictures.Output.Height, pictures.Output.Width, pictures.Output.IsPart));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 2)]
    [InlineData(5, 4)]
    public void A_groups_first_channel_is_the_input_of_a_convolution(int channel, int expected)
    {
        // Six output channels in three groups of two input channels each.
        var conv = new Conv2d(new Tensor(new(6, 2, 1, 1))) { Groups = 3 };
        var input = new TensorShape(1, 6, 4, 4);
        CasePictures pictures = Pictures(conv, input, 0, channel, 1, 2);
        Assert.Equal((expected, 2), (pictures.Input.C, pictures.ChannelsRead));

        var transposed = new ConvTranspose2d(new Tensor(new(6, 2, 1, 1))) { Groups = 3 };
        pictures = Pictures(transposed, input, 0, channel, 1, 2);
        Assert.Equal((expected, 2), (pictures.Input.C, pictures.ChannelsRead));
    }

    private static float Value(int i) => MathF.Sin(i) * 0.987654f;

    private static CasePictures Relu(TensorShape shape, int n, int c, int row, int column) => Pictures(Pointwise.Relu, shape, n, c, row, column);

    private static CasePictures Pictures(OperatorSpec spec, TensorShape input, int n, int c, int row, int column)
    {
        float[] x = [.. Enumerable.Range(0, input.Count).Select(Value)];
        TensorShape output = spec.OutputShape(input);
        // No two numbers alike, and all with as many digits as there are.
        double[] y = [.. Enumerable.Range(0, output.Count).Select(i => Math.Sin(i) * 1e-3)];
        var evidence = new CaseEvidence(
            new("test", spec, input, x), output, y, [.. y.Select(value => (float)value)],
            [.. y.Select(value => Math.Abs(value) * 1e-6)], [.. y.Select(Math.Abs)], []);
        return new(evidence, n, c, row, column);
    }

    private static JsonDocument Written(CasePictures pictures, out int bytes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            pictures.Write(writer);
        bytes = buffer.WrittenCount;
        return JsonDocument.Parse(buffer.WrittenMemory);
    }
}
