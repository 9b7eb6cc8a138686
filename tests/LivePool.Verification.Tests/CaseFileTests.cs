using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Verification.Tests;

/// <summary>A saved case is the same case again, bit for bit.</summary>
public sealed class CaseFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("livepool-case-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Save(string text)
    {
        string path = Path.Combine(_folder, "case.json");
        File.WriteAllText(path, text);
        return path;
    }

    [Fact]
    public void Every_operator_comes_back_bit_for_bit()
    {
        string path = Path.Combine(_folder, "case.json");
        var generator = new CaseGenerator(9, []);
        for (int i = 0; i < 340; i++)
        {
            ConcreteCase before = ConcreteCase.Of(generator.Create(i), $"random {i}");
            CaseFile.Write(path, before);

            ConcreteCase after = CaseFile.Read(path);

            Assert.Equal(before.Input, after.Input);
            Assert.Equal(Array.ConvertAll(before.X, BitConverter.SingleToInt32Bits), Array.ConvertAll(after.X, BitConverter.SingleToInt32Bits));
            Assert.Equal(before.Spec.OutputShape(before.Input), after.Spec.OutputShape(after.Input));
            AssertSame(before.Spec, after.Spec);
        }
    }

    private static void AssertSame(OperatorSpec before, OperatorSpec after)
    {
        switch (before, after)
        {
            case (Conv2d a, Conv2d b):
                AssertSame(a.Weight, b.Weight);
                AssertSame(a.Bias, b.Bias);
                Assert.Equal(a with { Weight = b.Weight, Bias = b.Bias }, b);
                break;
            case (ConvTranspose2d a, ConvTranspose2d b):
                AssertSame(a.Weight, b.Weight);
                AssertSame(a.Bias, b.Bias);
                Assert.Equal(a with { Weight = b.Weight, Bias = b.Bias }, b);
                break;
            case (FractionalMaxPool2d { Samples: not null } a, FractionalMaxPool2d b):
                AssertSame(a.Samples, b.Samples);
                Assert.Equal(a with { Samples = b.Samples, Seed = 0 }, b);
                break;
            case (MaxUnpool2d a, MaxUnpool2d b):
                Assert.Equal(a.Indices.Elements, b.Indices.Elements);
                Assert.Equal(a with { Indices = b.Indices, Stride = a.Stride ?? a.KernelSize }, b with { Stride = b.Stride ?? b.KernelSize });
                break;
            case (MaxPool2d a, MaxPool2d b):
                Assert.Equal(a with { Stride = a.Stride ?? a.KernelSize }, b with { Stride = b.Stride ?? b.KernelSize });
                break;
            case (AvgPool2d a, AvgPool2d b):
                Assert.Equal(a with { Stride = a.Stride ?? a.KernelSize }, b with { Stride = b.Stride ?? b.KernelSize });
                break;
            case (LpPool2d a, LpPool2d b):
                Assert.Equal(a with { Stride = a.Stride ?? a.KernelSize }, b with { Stride = b.Stride ?? b.KernelSize });
                break;
            default:
                Assert.Equal(before, after);
                break;
        }
    }

    private static void AssertSame(Tensor? before, Tensor? after)
    {
        Assert.Equal(before?.Shape, after?.Shape);
        if (before is not null)
        {
            // A NaN's payload is no part of JSON.
            Assert.True(before.Elements.ToArray().Zip(after!.Elements.ToArray()).All(pair =>
                BitConverter.SingleToInt32Bits(pair.First) == BitConverter.SingleToInt32Bits(pair.Second) ||
                (float.IsNaN(pair.First) && float.IsNaN(pair.Second))));
        }
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("{}", "is not a case")]
    [InlineData("""{"stage":{"op":"relu"},"input":{"shape":[1,1,1],"data":""}}""", "3 numbers")]
    [InlineData("""{"stage":{"op":"relu"},"input":{"shape":[1,1,1,2],"data":"AAAA"}}""", "has 3 bytes")]
    [InlineData("""{"stage":{"op":"relu"},"input":{"shape":[1,1,1,1],"data":"*"}}""", "is not a case")]
    [InlineData("""{"stage":{"op":"relu"},"input":{"shape":[1,1,1,"x"],"data":"AAAAAA=="}}""", "is not a case")]
    [InlineData("""{"stage":{"op":"relu"},"input":{"shape":[65536,65536,1,1],"data":"AAAAAA=="}}""", "more than")]
    [InlineData("""{"stage":{"op":"what"},"input":{"shape":[1,1,1,1],"data":"AAAAAA=="}}""", "is \"what\"")]
    [InlineData("""{"stage":{"op":"max_pool2d","kernel_size":2},"input":{"shape":[1,1,1,1],"data":"AAAAAA=="}}""", "does not fit")]
    public void What_is_no_case_is_refused_in_one_line(string text, string expected)
    {
        string path = Save(text);
        var error = Assert.Throws<LivePoolException>(() => CaseFile.Read(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        string path = Path.Combine(_folder, "none", "case.json");
        ConcreteCase item = ConcreteCase.Of(OperatorCases.All[0], "table");
        Assert.StartsWith(path, Assert.Throws<LivePoolException>(() => CaseFile.Write(path, item)).Message, StringComparison.Ordinal);
    }
}
