using LivePool.App.View.Editing;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.App.Tests.View.Editing;

/// <summary>Changes of one kernel, and what they leave alone.</summary>
public sealed class KernelEditTests
{
    private static readonly float[,] _kernel = { { 1, 2, 3 }, { 4, 5, 6 } };

    [Fact]
    public void Turns_and_mirrors_are_those_of_numpy()
    {
        Assert.Equal(new float[,] { { 3, 2, 1 }, { 6, 5, 4 } }, KernelEdit.FlippedAcross(_kernel));
        Assert.Equal(new float[,] { { 4, 5, 6 }, { 1, 2, 3 } }, KernelEdit.FlippedDown(_kernel));
        Assert.Equal(new float[,] { { 1, 4 }, { 2, 5 }, { 3, 6 } }, KernelEdit.Transposed(_kernel));
        Assert.Equal(new float[,] { { 4, 1 }, { 5, 2 }, { 6, 3 } }, KernelEdit.Rotated(_kernel));
        float[,] turned = _kernel;
        for (int i = 0; i < 4; i++)
            turned = KernelEdit.Rotated(turned);
        Assert.Equal(_kernel, turned);
    }

    [Fact]
    public void Another_size_keeps_the_middle_and_what_fits_comes_back()
    {
        float[,] odd = { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } };
        Assert.Equal(5, KernelEdit.Resized(odd, 1, 1)[0, 0]);
        for (int rows = 3; rows <= KernelEdit.MostSize; rows++)
        {
            for (int columns = 3; columns <= KernelEdit.MostSize; columns++)
            {
                float[,] larger = KernelEdit.Resized(odd, rows, columns);
                Assert.Equal(45, KernelEdit.Sum(larger));
                Assert.Equal((5, 1), (larger[rows / 2, columns / 2], larger[rows / 2 - 1, columns / 2 - 1]));
                Assert.Equal(odd, KernelEdit.Resized(larger, 3, 3));
            }
        }
    }

    [Fact]
    public void A_normalised_kernel_adds_up_to_one_unless_it_cannot()
    {
        Assert.Equal(1, KernelEdit.Sum(KernelEdit.Normalised(_kernel)), 1e-7);
        float[,] zero = { { 1, -1 } };
        Assert.Equal(zero, KernelEdit.Normalised(zero));
    }

    [Fact]
    public void A_random_kernel_is_PyTorch_s_of_its_seed()
    {
        // torch.manual_seed(3); nn.Conv2d(1, 1, 2).weight
        Assert.Equal(new PyTorchInitializer(3).Uniform(new(1, 1, 2, 2), 4).Elements.ToArray(),
            KernelEdit.Randomised(new float[2, 2], 3).Cast<float>());
        Assert.NotEqual(KernelEdit.Randomised(new float[2, 2], 3), KernelEdit.Randomised(new float[2, 2], 4));
    }

    [Fact]
    public void One_kernel_changes_and_its_neighbours_take_its_size()
    {
        var weight = new Tensor(new(2, 2, 2, 3));
        for (int i = 0; i < weight.Elements.Length; i++)
            weight.Elements[i] = i;
        var pipeline = new Pipeline("two", 2, [new Conv2d(weight) { Stride = 2 }, Pointwise.Relu]);
        Assert.Equal(4, KernelEdit.Places(pipeline).Count());

        Pipeline changed = KernelEdit.With(pipeline, new(0, 1, 0), _kernel);
        Assert.Equal(_kernel, KernelEdit.Of(changed, new(0, 1, 0)));
        Assert.Equal(KernelEdit.Of(pipeline, new(0, 1, 1)), KernelEdit.Of(changed, new(0, 1, 1)));
        Assert.Equal(2, ((Conv2d)changed.Stages[0]).Stride.Height);
        Assert.Equal(weight.Elements[12], KernelEdit.Of(pipeline, new(0, 1, 0))[0, 0]);

        changed = KernelEdit.With(pipeline, new(0, 0, 1), new float[,] { { 9 } });
        Assert.Equal(new TensorShape(2, 2, 1, 1), ((Conv2d)changed.Stages[0]).Weight.Shape);
        Assert.Equal(9, KernelEdit.Of(changed, new(0, 0, 1))[0, 0]);
        Assert.Equal(KernelEdit.Resized(KernelEdit.Of(pipeline, new(0, 1, 1)), 1, 1), KernelEdit.Of(changed, new(0, 1, 1)));
    }
}
