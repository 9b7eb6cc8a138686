using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace LivePool.Unity.Tests;

/// <summary>The binding without a component: the library's structs, frames, stages and times.</summary>
public sealed unsafe class LivePoolEngineTests
{
    private const int Width = 30;
    private const int Height = 20;
    private const string TwoStages = """{"stages":[{"op":"relu"},{"op":"max_pool2d","kernel_size":[2,3]}]}""";

    [StructLayout(LayoutKind.Sequential)]
    private struct Member
    {
        public uint StructSize;
        public uint Size;
        public uint Offset;
        public uint Reserved;
        public fixed byte Name[64];
    }

    private static List<(string Name, int Size, int Offset)> LibraryMembers()
    {
        var members = new List<(string Name, int Size, int Offset)>();
        var layout = (delegate* unmanaged<int, Member*, int>)NativeLibrary.GetExport(FakeHost.Library, "livepool_layout");
        var member = new Member { StructSize = (uint)sizeof(Member) };
        for (int i = 0; layout(i, &member) == 0; i++)
        {
            string name = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(member.Name));
            members.Add((name, (int)member.Size, (int)member.Offset));
        }
        return members;
    }

    private static string Pascal(string snake) => string.Concat(snake.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    [Fact]
    public void The_binding_s_structs_are_the_library_s()
    {
        var expected = LibraryMembers().Where(member => !member.Name.StartsWith("livepool_member", StringComparison.Ordinal)).ToHashSet();
        var actual = new HashSet<(string, int, int)>();
        foreach (string name in expected.Select(member => member.Name))
        {
            string[] parts = name["livepool_".Length..].Split('.');
            Type type = typeof(NativeMethods).GetNestedType(Pascal(parts[0]))!;
            if (parts.Length == 1)
                actual.Add((name, Marshal.SizeOf(type), 0));
            else
                actual.Add((name, Marshal.SizeOf(type.GetField(Pascal(parts[1]))!.FieldType), (int)Marshal.OffsetOf(type, Pascal(parts[1]))));
        }
        Assert.True(expected.Count > 30);
        Assert.Equal(expected, actual);
        Type[] structs = [.. typeof(NativeMethods).GetNestedTypes().Where(type => type.IsValueType)];
        int fields = structs.Sum(type => type.GetFields(BindingFlags.Instance | BindingFlags.Public).Length);
        Assert.Equal(expected.Count, structs.Length + fields);
    }

    [Fact]
    public void An_engine_runs_frames_and_is_gone_after_Dispose()
    {
        var engine = new LivePoolEngine("edge24", threads: 1);
        Assert.False(engine.TryGetShape(out _, out _, out _));
        byte[] pixels = new byte[Height * Width];
        Array.Fill(pixels, (byte)100);
        fixed (byte* top = pixels)
            Assert.True(engine.TrySubmit((IntPtr)top, FrameFormat.Gray8, Width, Height));
        Assert.True(engine.TryRun());
        Assert.False(engine.TryRun());
        Assert.True(engine.TryGetShape(out int channels, out int height, out int width));
        Assert.Equal((2, 8, 13), (channels, height, width));
        float[] output = engine.Read();
        Assert.Equal(2 * 8 * 13, output.Length);
        Assert.All(output[..(8 * 13)], value => Assert.Equal(0, value));
        engine.SetParameter(0, "stride", 2);
        engine.Dispose();
        engine.Dispose();
        Assert.Equal(-2, Assert.Throws<LivePoolException>(() => engine.TryRun()).Status);
    }

    [Fact]
    public void Every_stage_is_there_where_the_engine_keeps_them()
    {
        float[] planes = [.. Enumerable.Range(0, Height * Width).Select(i => i - 250.5f)];
        using var engine = new LivePoolEngine(TwoStages, Backend.Reference, keepsStages: true);
        Assert.Equal(2, engine.StageCount);
        Assert.True(engine.TrySubmit(planes, channels: 1, Width, Height) && engine.TryRun());
        Assert.Equal(planes.Select(value => Math.Max(0, value)), engine.Read(0));
        Assert.True(engine.TryGetShape(0, out int channels, out int height, out int width));
        Assert.Equal((1, Height, Width), (channels, height, width));
        Assert.Equal(planes[^1], engine.Read(1)[^1]);
        Assert.InRange(engine.StageMilliseconds(0), double.Epsilon, 1000);

        using var last = new LivePoolEngine(TwoStages);
        Assert.True(last.TrySubmit(planes, channels: 1, Width, Height) && last.TryRun());
        Assert.Equal(engine.Read(), last.Read());
        Assert.Contains("keep_stages", Assert.Throws<LivePoolException>(() => last.Read(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_are_counted_and_timed()
    {
        using var engine = new LivePoolEngine("edge24");
        byte[] pixels = new byte[3 * Height * Width];
        for (int i = 0; i < 3; i++)
            Assert.True(engine.TrySubmit(pixels, FrameFormat.Rgb24, Width, Height));
        Assert.True(engine.TryRun());
        EngineTimings timings = engine.Timings;
        Assert.Equal((3ul, 1ul, 2ul), (timings.Submitted, timings.Run, timings.Replaced));
        Assert.InRange(timings.SubmitMilliseconds, double.Epsilon, 1000);
        Assert.InRange(timings.RunMilliseconds, double.Epsilon, 1000);
    }

    [Fact]
    public void A_picture_whose_lowest_row_comes_first_is_turned()
    {
        byte[] fromTop = [.. Enumerable.Range(0, 4 * Height * Width).Select(i => (byte)(i * 7))];
        byte[] fromBottom = [.. fromTop.Chunk(4 * Width).Reverse().SelectMany(row => row)];
        using LivePoolEngine one = new("sobel"), other = new("sobel");
        Assert.True(one.TrySubmit(fromTop, FrameFormat.Bgra32, Width, Height) && one.TryRun());
        Assert.True(other.TrySubmit(fromBottom, FrameFormat.Bgra32, Width, Height, bottomFirst: true) && other.TryRun());
        Assert.Equal(one.Read(), other.Read());
    }

    [Theory]
    [InlineData(FrameFormat.Gray8, 1)]
    [InlineData(FrameFormat.Rgb24, 3)]
    [InlineData(FrameFormat.Rgba32, 4)]
    public void An_array_that_is_too_short_is_refused(FrameFormat format, int bytesPerPixel)
    {
        using var engine = new LivePoolEngine("edge24");
        byte[] pixels = new byte[bytesPerPixel * Height * Width - 1];
        string message = Assert.Throws<ArgumentException>(() => engine.TrySubmit(pixels, format, Width, Height)).Message;
        Assert.Contains($"there are {pixels.Length} bytes; a frame of 30x20 has {pixels.Length + 1}", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => engine.TrySubmit(new float[Height * Width], channels: 2, Width, Height));
        Assert.Throws<ArgumentException>(() => engine.TrySubmit(pixels, format, int.MaxValue, int.MaxValue));
    }

    [Fact]
    public void Textures_are_for_engines_of_GL()
    {
        using var engine = new LivePoolEngine("edge24");
        Assert.Equal(-1, Assert.Throws<LivePoolException>(() => engine.TrySubmitTexture(1, bottomFirst: true)).Status);
        Assert.Equal(-1, Assert.Throws<LivePoolException>(() => engine.SetOutputTexture(1, bottomFirst: false)).Status);
        engine.ClearOutputTexture();
    }

    [Fact]
    public void Dispose_waits_for_the_thread_that_is_in_the_engine()
    {
        string five = $$"""{"stages":[{"op":"conv2d","weight":[{{string.Join(',', Enumerable.Repeat("[1,1,1,1,1]", 5))}}]}]}""";
        var engine = new LivePoolEngine(five, Backend.Reference);
        byte[] pixels = new byte[1000 * 1000];
        Assert.True(engine.TrySubmit(pixels, FrameFormat.Gray8, 1000, 1000));
        var run = new Thread(() =>
        {
            // The question whether the engine is busy takes it for a moment, and a run that meets it is refused.
            while (!engine.TryRun())
                Thread.Yield();
        });
        run.Start();
        while (!IsBusy(engine))
            Assert.True(run.IsAlive, "the run was over before it was seen");
        ulong number = engine.Number;
        engine.Dispose();
        run.Join();
        Assert.Equal(-2, NativeMethods.livepool_destroy(number));
    }

    private static bool IsBusy(LivePoolEngine engine) => NativeMethods.livepool_stage_count(engine.Number, out _) == NativeMethods.Busy;
}
