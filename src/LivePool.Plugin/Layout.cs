using System.Runtime.InteropServices;

namespace LivePool.Plugin;

/// <summary>What the structs of the C header look like from here, under the header's names.</summary>
internal static unsafe class Layout
{
    private readonly record struct Member(string Name, int Offset, int Size);

    private static readonly Member[] _members =
    [
        Whole<OptionsBlock>("livepool_options"),
        Field<OptionsBlock>("livepool_options.struct_size", nameof(OptionsBlock.StructSize), 4),
        Field<OptionsBlock>("livepool_options.backend", nameof(OptionsBlock.Backend), 4),
        Field<OptionsBlock>("livepool_options.threads", nameof(OptionsBlock.Threads), 4),
        Field<OptionsBlock>("livepool_options.keep_stages", nameof(OptionsBlock.KeepStages), 4),
        Whole<FrameBlock>("livepool_frame"),
        Field<FrameBlock>("livepool_frame.struct_size", nameof(FrameBlock.StructSize), 4),
        Field<FrameBlock>("livepool_frame.format", nameof(FrameBlock.Format), 4),
        Field<FrameBlock>("livepool_frame.pixels", nameof(FrameBlock.Pixels), sizeof(void*)),
        Field<FrameBlock>("livepool_frame.stride", nameof(FrameBlock.Stride), 8),
        Field<FrameBlock>("livepool_frame.width", nameof(FrameBlock.Width), 4),
        Field<FrameBlock>("livepool_frame.height", nameof(FrameBlock.Height), 4),
        Field<FrameBlock>("livepool_frame.channels", nameof(FrameBlock.Channels), 4),
        Field<FrameBlock>("livepool_frame.reserved", nameof(FrameBlock.Reserved), 4),
        Whole<TextureBlock>("livepool_texture"),
        Field<TextureBlock>("livepool_texture.struct_size", nameof(TextureBlock.StructSize), 4),
        Field<TextureBlock>("livepool_texture.name", nameof(TextureBlock.Name), 4),
        Field<TextureBlock>("livepool_texture.bottom_first", nameof(TextureBlock.BottomFirst), 4),
        Field<TextureBlock>("livepool_texture.reserved", nameof(TextureBlock.Reserved), 4),
        Whole<TimingsBlock>("livepool_timings"),
        Field<TimingsBlock>("livepool_timings.struct_size", nameof(TimingsBlock.StructSize), 4),
        Field<TimingsBlock>("livepool_timings.stages", nameof(TimingsBlock.Stages), 4),
        Field<TimingsBlock>("livepool_timings.submitted", nameof(TimingsBlock.Submitted), 8),
        Field<TimingsBlock>("livepool_timings.run", nameof(TimingsBlock.Run), 8),
        Field<TimingsBlock>("livepool_timings.replaced", nameof(TimingsBlock.Replaced), 8),
        Field<TimingsBlock>("livepool_timings.failed", nameof(TimingsBlock.Failed), 8),
        Field<TimingsBlock>("livepool_timings.submit_ms", nameof(TimingsBlock.SubmitMilliseconds), 8),
        Field<TimingsBlock>("livepool_timings.run_ms", nameof(TimingsBlock.RunMilliseconds), 8),
        Whole<RenderEventBlock>("livepool_render_event"),
        Field<RenderEventBlock>("livepool_render_event.struct_size", nameof(RenderEventBlock.StructSize), 4),
        Field<RenderEventBlock>("livepool_render_event.status", nameof(RenderEventBlock.Status), 4),
        Field<RenderEventBlock>("livepool_render_event.engine", nameof(RenderEventBlock.Engine), 8),
        Whole<MemberBlock>("livepool_member"),
        Field<MemberBlock>("livepool_member.struct_size", nameof(MemberBlock.StructSize), 4),
        Field<MemberBlock>("livepool_member.size", nameof(MemberBlock.Size), 4),
        Field<MemberBlock>("livepool_member.offset", nameof(MemberBlock.Offset), 4),
        Field<MemberBlock>("livepool_member.reserved", nameof(MemberBlock.Reserved), 4),
        Field<MemberBlock>("livepool_member.name", nameof(MemberBlock.Name), MemberBlock.NameBytes),
    ];

    private static Member Whole<T>(string name) where T : unmanaged => new(name, 0, sizeof(T));

    private static Member Field<T>(string name, string field, int size) where T : unmanaged =>
        new(name, (int)Marshal.OffsetOf<T>(field), size);

    /// <summary>Writes one entry.</summary>
    public static void Write(int index, MemberBlock* member)
    {
        if ((uint)index >= (uint)_members.Length)
            throw new StatusException(Status.InvalidArgument, $"there is no entry {index}; there are {_members.Length}");
        Member entry = _members[index];
        (member->Size, member->Offset, member->Reserved) = ((uint)entry.Size, (uint)entry.Offset, 0);
        var name = new Span<byte>(member->Name, MemberBlock.NameBytes);
        name.Clear();
        System.Text.Encoding.UTF8.GetBytes(entry.Name, name[..^1]);
    }
}
