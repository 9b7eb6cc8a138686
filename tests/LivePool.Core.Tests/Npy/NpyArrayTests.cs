using System.Text;
using CsCheck;
using LivePool.Core.Npy;

namespace LivePool.Core.Tests.Npy;

/// <summary>.npy files are NumPy's: read in every type and order that is promised, refused in one line otherwise.</summary>
public sealed class NpyArrayTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void What_is_written_reads_back_bit_for_bit()
    {
        float[] elements = [0, -0f, 1.5f, float.NaN, float.PositiveInfinity, 1e-41f];
        NpyArray.Write(_path, [1, 2, 3], elements);
        NpyArray read = NpyArray.Read(_path);
        Assert.Equal([1, 2, 3], read.Dimensions);
        Assert.Equal(elements.Select(BitConverter.SingleToInt32Bits), read.ToSingles().Select(BitConverter.SingleToInt32Bits));

        NpyArray.Write(_path, [2], [1L << 40, -1L]);
        Assert.Equal([1L << 40, -1L], NpyArray.Read(_path).ToInt64());
    }

    [Fact]
    public void The_header_is_NumPys_to_the_byte()
    {
        NpyArray.Write(_path, [2, 3], [1f, 2, 3, 4, 5, 6]);
        byte[] bytes = File.ReadAllBytes(_path);
        const string Dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
        string header = Encoding.Latin1.GetString(bytes, 10, 118);
        Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 118, 0], bytes[..10]);
        Assert.Equal(Dictionary.PadRight(117) + "\n", header);
        Assert.Equal(128 + 6 * sizeof(float), bytes.Length);

        NpyArray.Write(_path, [4], [1L, 2, 3, 4]);
        Assert.Contains("'shape': (4,)", Encoding.Latin1.GetString(File.ReadAllBytes(_path)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<f4")]
    [InlineData("<f8")]
    [InlineData("|u1")]
    [InlineData("<i8")]
    public void Every_promised_type_reads_as_float32(string type)
    {
        byte[] body = type switch
        {
            "<f4" => [.. new float[] { 1, 2, 200 }.SelectMany(BitConverter.GetBytes)],
            "<f8" => [.. new double[] { 1, 2, 200 }.SelectMany(BitConverter.GetBytes)],
            "|u1" => [1, 2, 200],
            _ => [.. new long[] { 1, 2, 200 }.SelectMany(BitConverter.GetBytes)],
        };
        Assert.Equal([1, 2, 200], Read(Bytes($"{{'descr': '{type}', 'fortran_order': False, 'shape': (1, 3), }}", body)).ToSingles());
    }

    [Fact]
    public void Fortran_order_is_turned_into_C_order()
    {
        // numpy.asfortranarray(numpy.arange(24).reshape(2, 3, 4)) lies in memory with the first axis fastest.
        byte[] body = new byte[24];
        for (int i = 0; i < 2; i++)
            for (int j = 0; j < 3; j++)
                for (int k = 0; k < 4; k++)
                    body[i + 2 * j + 6 * k] = (byte)(12 * i + 4 * j + k);
        NpyArray array = Read(Bytes("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }", body));
        Assert.Equal(Enumerable.Range(0, 24).Select(n => (float)n), array.ToSingles());
    }

    [Fact]
    public void Version_2_headers_read()
    {
        byte[] one = Bytes("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", [7, 8]);
        byte[] two = [.. one[..6], 2, 0, one[8], one[9], 0, 0, .. one[10..]];
        Assert.Equal([7, 8], Read(two).ToSingles());
    }

    [Theory]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "'>f4'")]
    [InlineData("{'descr': '<f2', 'fortran_order': False, 'shape': (1,), }", "'<f2'")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "'|O'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "0 dimensions")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1), }", "5 dimensions")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }", "99999999999")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647, 2147483647), }", "cut off")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "cut off")]
    [InlineData("not a dictionary", "dictionary")]
    public void What_cannot_be_read_is_refused_with_the_reason(string header, string reason)
    {
        var e = Assert.Throws<LivePoolException>(() => Read(Bytes(header, [1, 2, 3, 4])));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void A_huge_promise_takes_no_memory()
    {
        byte[] bytes = Bytes("{'descr': '<f8', 'fortran_order': False, 'shape': (2000000000,), }", [1, 2, 3, 4]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<LivePoolException>(() => Read(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Mutated_files_are_read_or_refused_but_nothing_else()
    {
        byte[] good = Bytes("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", new byte[24]);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, value, length) =>
        {
            byte[] bytes = good[..Math.Max(length, 1)];
            bytes[at % bytes.Length] = value;
            try
            {
                Read(bytes);
            }
            catch (LivePoolException)
            {
                // The only exception that a file may cause.
            }
        }, iter: 20_000);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var e = Assert.Throws<LivePoolException>(() => NpyArray.Read("no/such.npy"));
        Assert.StartsWith("no/such.npy: ", e.Message, StringComparison.Ordinal);
    }

    private static NpyArray Read(byte[] bytes) => NpyArray.Read(new MemoryStream(bytes), bytes.Length);

    private static byte[] Bytes(string header, byte[] body)
    {
        byte[] text = Encoding.Latin1.GetBytes(header + "\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. text, .. body];
    }
}
