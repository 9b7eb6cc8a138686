using LivePool.App.Recording;

namespace LivePool.App.Tests.Recording;

public sealed class RecordingFileTests
{
    [Fact]
    public void Recordings_begun_in_the_same_second_have_names_of_their_own()
    {
        var time = new DateTime(2026, 3, 1, 12, 30, 59, 7);
        string first = RecordingFile.NameAt(time), second = RecordingFile.NameAt(time.AddMilliseconds(1));
        Assert.StartsWith("livepool-20260301-123059-007", first, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
        Assert.Equal(RecordingFile.IsVideo(first), FfmpegVideo.IsInstalled);
    }
}
