using LivePool.Testing;

namespace LivePool.Core.Tests.Testing;

public sealed unsafe class GuardedBufferTests
{
    [Fact]
    public void Every_element_may_be_written()
    {
        using var buffer = new GuardedBuffer<float>([1, 2, 3]);
        Assert.Equal([1f, 2f, 3f], buffer.Span.ToArray());
        buffer.Check();
        buffer.Poison();
        buffer.Span[1] = 0;
        Assert.Equal([true, false, true], Enumerable.Range(0, 3).Select(buffer.IsPoisoned));
        buffer.Check();
    }

    [Theory]
    [InlineData(-64, -256)]
    [InlineData(-1, -4)]
    [InlineData(3, 12)]
    [InlineData(66, 264)]
    public void A_write_outside_is_found_with_its_offset(int element, int offset)
    {
        using var buffer = new GuardedBuffer<float>(3);
        buffer.Origin[element] = 1;

        string message = Assert.Throws<InvalidOperationException>(buffer.Check).Message;

        // Going outwards from the elements, the last byte before them comes first, the first byte after them too.
        int nearest = offset < 0 ? offset + sizeof(float) - 1 : offset;
        Assert.Contains($"byte offset {nearest} (element {element})", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_buffer_has_its_guards_too()
    {
        using var buffer = new GuardedBuffer<long>(0);
        buffer.Check();
        *buffer.Origin = 0;
        Assert.Throws<InvalidOperationException>(buffer.Check);
    }
}
