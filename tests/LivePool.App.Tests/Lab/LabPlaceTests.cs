using LivePool.App.Lab;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Gpu;
using LivePool.Gpu.UserShaders;

namespace LivePool.App.Tests.Lab;

/// <summary>The invocation that is said to write an element is the one that tells by DEBUG that it does.</summary>
public sealed class LabPlaceTests
{
    [Fact]
    public void Of_a_pointwise_operator_with_four_elements_each_is_written_by_the_invocation_that_is_named()
    {
        using var written = new WrittenFile("relu.comp", """
            // @op relu
            // @elements 4
            #include "include/grid.glsl"
            layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
            layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };
            layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };
            void main()
            {
                ivec3 at = gridPosition();
                ivec4 columns = gridColumns();
                if (at.y > 0 || at.z >= planes)
                    return;
                for (int k = 0; k < 4; k++)
                {
                    if (columns[k] >= planeSize)
                        continue;
                    y[at.z * planeSize + columns[k]] = x[at.z * planeSize + columns[k]];
                    DEBUG(at.z * planeSize + columns[k]);
                }
            }
            """);
        // Planes of two groups and a part of a third.
        Check(Pointwise.Relu with { Shader = written.Shader }, new(1, 2, 7, 45), 2 * 7 * 45);
    }

    [Fact]
    public void Of_rows_with_four_elements_each_is_written_by_the_invocation_that_is_named() => CheckFree("// @local 8,2\n// @elements 4\n", """
        ivec4 columns = gridColumns();
        for (int k = 0; k < 4; k++)
            write(ivec3(columns[k], gridPosition().yz));
        """);

    [Fact]
    public void Of_single_elements_each_is_written_by_the_invocation_that_is_named() => CheckFree("// @local 8,2\n", "write(gridPosition());");

    [Theory]
    [InlineData(1, 70, 5, 2, 70, 5, 2)]
    [InlineData(4, 5, 0, 0, 5, 0, 0)]
    [InlineData(4, 37, 0, 0, 5, 0, 0)]
    [InlineData(4, 130, 9, 1, 34, 9, 1)]
    public void An_element_s_invocation_follows_from_the_grid(int elements, int column, int row, int plane, int x, int y, int z)
    {
        using var written = new WrittenFile("free.comp", $"// @elements {elements}\n");
        var reflection = new ShaderReflection((32, 4, 1), [], [], []);
        Assert.Equal((x, y, z), LabPlace.Invocation(new FreeStage(written.Shader), new(1, 3, 10, 200), reflection, new(column, row, plane)));
    }

    [Fact]
    public void The_work_group_and_the_place_in_it_are_told()
    {
        using var written = new WrittenFile("free.comp", "// @elements 4\n");
        var reflection = new ShaderReflection((8, 2, 1), [], [], []);
        Assert.Equal("invocation (11, 5, 1), work group (1, 2, 1), in it (3, 1, 0) of 8x2x1, if its 4 elements are gridColumns()",
            LabPlace.Describe(new FreeStage(written.Shader), new(1, 2, 9, 70), reflection, new(32 + 8 + 3, 5, 1)));
    }

    private static void CheckFree(string annotations, string body)
    {
        using var written = new WrittenFile("free.comp", annotations + $$"""
            #include "include/grid.glsl"
            layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
            layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };
            layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };
            void write(ivec3 at)
            {
                if (at.x >= outputWidth || at.y >= outputHeight || at.z >= channels)
                    return;
                int place = (at.z * outputHeight + at.y) * outputWidth + at.x;
                y[place] = x[place];
                DEBUG(place);
            }
            void main()
            {
                {{body}}
            }
            """);
        Check(new FreeStage(written.Shader), new(1, 2, 5, 70), 2 * 5 * 70);
    }

    private static void Check(OperatorSpec spec, TensorShape shape, int count)
    {
        using GpuBackend backend = GpuBackend.CreateHeadless(options: new() { Debug = true, GuardBytes = 256, PoisonOutputs = true, KeepDebugValues = true });
        using GpuCompiledPipeline compiled = backend.Compile(Pipeline.Of(spec, shape.C), shape);
        compiled.Run(new float[shape.Count]);
        (long written, IReadOnlyList<DebugRecord> kept) = compiled.ReadDebugValues(0);
        Assert.Equal((count, count), (written, kept.DistinctBy(record => record.Text).Count()));
        foreach (DebugRecord record in kept)
        {
            int place = int.Parse(record.Text, System.Globalization.CultureInfo.InvariantCulture);
            var at = new LabPixel(place % shape.W, place / shape.W % shape.H, place / shape.PlaneSize);
            Assert.Equal((record.X, record.Y, record.Z), LabPlace.Invocation(spec, shape, compiled.Reflection(0)!, at));
        }
    }
}
