using System.Runtime.InteropServices;

namespace LivePool.Shaders.Tests;

public sealed class ParameterBlockTests
{
    [Fact]
    public void Members_have_the_fields_names_types_and_order() =>
        Assert.Equal(
            "layout(std140, binding = 0) uniform Parameters\n{\n    int kernelHeight;\n    float a;\n    int z;\n};\n",
            ParameterBlock.Declare<Numbers>());

    [Fact]
    public void The_binding_can_be_left_out() =>
        Assert.StartsWith("layout(std140) uniform Q\n", ParameterBlock.Declare<Numbers>("Q", null), StringComparison.Ordinal);

    [Fact]
    public void Another_type_is_refused_by_name()
    {
        var e = Assert.Throws<ArgumentException>(() => ParameterBlock.Declare<Doubles>());
        Assert.Contains("Doubles.Wide is a Double", e.Message, StringComparison.Ordinal);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Numbers
    {
        public int KernelHeight;
        public float A;
        public int Z;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Doubles
    {
        public double Wide;
    }
}
