using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using LivePool.Core;
using LivePool.Core.Npy;
using LivePool.Core.Pipelines;
using LivePool.Frames.Tests.V4l2;
using LivePool.Frames.V4l2;

namespace LivePool.Frames.Tests;

/// <summary>
/// What reads files, on files that are damaged in every way: it takes them or says in one line what is wrong, in time and
/// within its memory. Each input is a seed that fixed random numbers change, so that a failure's number finds it again.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private const long MostMemory = 64 << 20;
    private static readonly TimeSpan _mostTime = TimeSpan.FromSeconds(1);
    private static readonly ImageLimits _limits = new(MaxFileBytes: 1 << 20, MaxPixels: 1 << 20, MaxSide: 4096, MaxSeconds: 0.8);

    private readonly string _folder = Directory.CreateTempSubdirectory("livepool").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Images => [.. Fixtures.Images.Select(name => Path.GetExtension(name)).Distinct()];

    [Theory]
    [MemberData(nameof(Images))]
    public void Damaged_images_are_refused_or_shown(string extension)
    {
        byte[][] seeds = [.. Fixtures.Images.Where(name => name.EndsWith(extension, StringComparison.Ordinal)).Select(Fixtures.Bytes)];
        var frame = new Frame();
        Fuzz(seeds, 18_000, extension == ".png" ? MendPng : null, bytes => ImageFile.Decode(bytes, "a" + extension, frame, _limits));
    }

    [Fact]
    public void Damaged_pictures_of_cameras_are_refused_or_shown()
    {
        byte[][] files = [.. ((string[])["baseline.jpg", "grey.jpg", "subsampled.jpg"]).Select(Fixtures.Bytes)];
        var frame = new Frame();
        Fuzz([.. files, .. files.Select(MotionJpegTests.WithoutHuffmanTables)], 30_000, null, bytes => MotionJpeg.Decode(bytes, "/dev/video0", frame, _limits));
    }

    [Fact]
    public void Damaged_animations_are_refused_or_played()
    {
        byte[][] seeds = [.. Enumerable.Range(1, 8).Select(seed => GifSourceTests.Make(4, seed))];
        Fuzz(seeds, 20_000, null, bytes =>
        {
            if (GifAnimation.TryParse(bytes, _limits) is not { } animation)
                return;
            var frame = new Frame();
            using var source = new GifSource("a.gif", animation, _limits);
            FrameSourceException? refusal = null;
            for (int i = 0; i < 6; i++)
            {
                try
                {
                    if (!source.TryRead(frame, TestContext.Current.CancellationToken))
                        break;
                }
                catch (FrameSourceException e)
                {
                    // The next picture may be whole.
                    refusal = e;
                }
            }
            if (refusal is not null)
                throw refusal;
        });
    }

    [Fact]
    public void Damaged_arrays_are_refused_or_read()
    {
        string path = Path.Combine(_folder, "a.npy");
        var seeds = new List<byte[]>();
        foreach (int[] shape in (int[][])[[6], [2, 3], [1, 2, 3, 4]])
        {
            NpyArray.Write(path, shape, new float[shape.Aggregate((a, b) => a * b)]);
            seeds.Add(File.ReadAllBytes(path));
        }
        seeds.Add(Npy("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }", 48));
        seeds.Add(Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }", 6));
        seeds.Add(Npy("{'descr': '<i8', 'fortran_order': False, 'shape': (2, 3), }", 48));
        Fuzz([.. seeds], 30_000, null, bytes =>
        {
            File.WriteAllBytes(path, bytes);
            NpyArray.Read(path);
        });

        static byte[] Npy(string header, int bytes)
        {
            header = header.PadRight(117) + "\n";
            return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. new byte[bytes]];
        }
    }

    [Fact]
    public void Damaged_pipelines_are_refused_or_taken()
    {
        byte[][] seeds = [.. PipelinePresets.Names.Select(PipelinePresets.Text)];
        Fuzz(seeds, 30_000, null, bytes => PipelineJson.Parse(bytes, "a.json", _folder));
    }

    private static void Fuzz(byte[][] seeds, int count, Action<byte[]>? mend, Action<byte[]> read)
    {
        var random = new Random(20_261_128);
        int taken = 0, refused = 0;
        for (int number = 0; number < count; number++)
        {
            byte[] bytes = Change(seeds[number % seeds.Length], seeds, random);
            // Half of them reach what lies behind the checksums.
            if (number % 2 == 0)
                mend?.Invoke(bytes);
            long memory = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                read(bytes);
                taken++;
            }
            catch (LivePoolException e)
            {
                refused++;
                Assert.True(e.Message.Length is > 0 and < 1100 && !e.Message.Any(char.IsControl), $"input {number}: {e.Message}");
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"input {number} ({Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 200)))}): {e.Message}", e);
            }
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            memory = GC.GetAllocatedBytesForCurrentThread() - memory;
            Assert.True(time < _mostTime, $"input {number} took {time.TotalSeconds:F2} s");
            Assert.True(memory < MostMemory, $"input {number} took {memory:N0} bytes");
        }
        // Both ways were gone.
        Assert.True(taken > 0 && refused > count / 100, $"{taken} taken, {refused} refused");
    }

    private static byte[] Change(byte[] seed, byte[][] seeds, Random random)
    {
        var bytes = new List<byte>(seed);
        for (int changes = 1 + random.Next(4); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(random.Next(4) == 0 ? Math.Min(bytes.Count, 64) : bytes.Count);
            int length = 1 + random.Next(Math.Min(16, bytes.Count - at));
            switch (random.Next(9))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = ((ReadOnlySpan<byte>)[0, 1, 0x7F, 0x80, 0xFF])[random.Next(5)]; break;
                case 3: bytes.RemoveRange(at, length); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 5: bytes.RemoveRange(at, random.Next(3) == 0 ? bytes.Count - at : length); break;
                case 6:
                    byte[] other = seeds[random.Next(seeds.Length)];
                    int from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(length, other.Length - from)).ToArray());
                    break;
                case 7:
                    for (int i = 0; i < length; i++)
                        bytes[at + i] = 0xFF;
                    break;
                default: bytes[at] += (byte)(random.Next(2) * 2 - 1); break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Makes the checksums of a PNG's chunks right again, as far as its lengths lead.</summary>
    private static void MendPng(byte[] bytes)
    {
        for (int at = 8; at + 12 <= bytes.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            if (length > bytes.Length - at - 12)
                return;
            uint sum = PngInspector.Crc(bytes.AsSpan(at + 4, (int)length + 4));
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at + 8 + (int)length), sum);
            at += (int)length + 12;
        }
    }
}
