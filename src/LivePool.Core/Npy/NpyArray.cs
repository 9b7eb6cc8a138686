using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using LivePool.Core.Tensors;

namespace LivePool.Core.Npy;

/// <summary>
/// An array in NumPy's .npy format, little-endian, 1 to 4 dimensions. Reads float32, float64, uint8 and int64 in C or
/// Fortran order; writes float32 and int64 in C order. Format:
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
/// </summary>
public sealed partial class NpyArray
{
    private const int MaximumHeaderBytes = 65536;

    /// <summary>Elements moved at a time: a span of bytes cannot be longer than 2^31 - 1.</summary>
    private const int PieceLength = 1 << 26;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private NpyArray(int[] dimensions, Array elements)
    {
        Dimensions = dimensions;
        Elements = elements;
    }

    /// <summary>The dimensions, as NumPy's <c>shape</c>.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>The elements in C order: float[], double[], byte[] or long[].</summary>
    public Array Elements { get; }

    /// <summary>The dimensions as <c>[N, C, H, W]</c>, missing leading ones being 1.</summary>
    public TensorShape Shape
    {
        get
        {
            Span<int> four = [1, 1, 1, 1];
            for (int i = 0; i < Dimensions.Count; i++)
                four[4 - Dimensions.Count + i] = Dimensions[i];
            return new(four[0], four[1], four[2], four[3]);
        }
    }

    /// <summary>The elements as float32, each rounded to nearest.</summary>
    public Tensor ToTensor() => new(Shape, ToSingles());

    /// <summary>The elements as float32, each rounded to nearest.</summary>
    public float[] ToSingles() => Elements switch
    {
        float[] singles => singles,
        double[] doubles => Array.ConvertAll(doubles, value => (float)value),
        byte[] bytes => Array.ConvertAll(bytes, value => (float)value),
        _ => Array.ConvertAll((long[])Elements, value => (float)value),
    };

    /// <summary>The elements as int64 where they are whole numbers stored as such.</summary>
    /// <exception cref="LivePoolException">The elements are not int64 or uint8.</exception>
    public long[] ToInt64() => Elements switch
    {
        long[] longs => longs,
        byte[] bytes => Array.ConvertAll(bytes, value => (long)value),
        _ => throw new LivePoolException("indices must be int64; save them with astype(np.int64)"),
    };

    /// <summary>Reads a file.</summary>
    /// <exception cref="LivePoolException">The file is missing, is not .npy, or has a type or size that is not read.</exception>
    public static NpyArray Read(string path)
    {
        using FileStream stream = RegularFile.Open(path, long.MaxValue);
        try
        {
            return Read(stream, stream.Length);
        }
        catch (Exception e) when (e is IOException or LivePoolException)
        {
            throw new LivePoolException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads a stream of <paramref name="length"/> bytes; a size that the stream cannot hold takes no memory.</summary>
    public static NpyArray Read(Stream stream, long length)
    {
        Span<byte> start = stackalloc byte[12];
        int got = stream.ReadAtLeast(start[..10], 10, throwOnEndOfStream: false);
        if (got < 10 || !start[..6].SequenceEqual(Magic))
            throw new LivePoolException("not a .npy file; save it with numpy.save");
        int headerStart = 10;
        long headerLength = BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        if (start[6] >= 2)
        {
            if (stream.ReadAtLeast(start[10..], 2, throwOnEndOfStream: false) < 2)
                throw new LivePoolException("the .npy header is cut off");
            headerStart = 12;
            headerLength = BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        }
        if (headerLength > MaximumHeaderBytes || headerLength > length - headerStart)
            throw new LivePoolException("the .npy header is cut off");
        byte[] header = new byte[headerLength];
        stream.ReadExactly(header);
        (string type, bool fortran, int[] dimensions) = ParseHeader(Encoding.Latin1.GetString(header));

        int elementBytes = type switch { "f4" => 4, "u1" => 1, _ => 8 };
        Int128 count = 1;
        foreach (int dimension in dimensions)
            count *= dimension;
        Int128 present = length - headerStart - headerLength;
        if (count * elementBytes > present)
        {
            throw new LivePoolException($"the header promises {count} elements of {elementBytes} bytes, but only " +
                $"{present} bytes follow; the file is cut off");
        }
        if (count > Array.MaxLength)
            throw new LivePoolException($"{count} elements are more than {Array.MaxLength}; use smaller pieces");

        Array elements = type switch
        {
            "f4" => ReadElements<float>(stream, (int)count),
            "f8" => ReadElements<double>(stream, (int)count),
            "u1" => ReadElements<byte>(stream, (int)count),
            _ => ReadElements<long>(stream, (int)count),
        };
        return new(dimensions, fortran ? ToCOrder(elements, dimensions) : elements);
    }

    /// <summary>Writes float32 elements in C order.</summary>
    public static void Write(string path, ReadOnlySpan<int> dimensions, ReadOnlySpan<float> elements) =>
        Write(path, "<f4", dimensions, elements);

    /// <summary>Writes int64 elements in C order.</summary>
    public static void Write(string path, ReadOnlySpan<int> dimensions, ReadOnlySpan<long> elements) =>
        Write(path, "<i8", dimensions, elements);

    private static void Write<T>(string path, string type, ReadOnlySpan<int> dimensions, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        string shape = string.Join(", ", dimensions.ToArray());
        string tuple = dimensions.Length == 1 ? $"({shape},)" : $"({shape})";
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {tuple}, }}";
        int padded = (10 + header.Length + 1 + 63) / 64 * 64;
        byte[] start = new byte[padded];
        Magic.CopyTo(start);
        start[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(start.AsSpan(8), (ushort)(padded - 10));
        start.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(header, start.AsSpan(10));
        start[^1] = (byte)'\n';
        try
        {
            using FileStream stream = File.Create(path);
            stream.Write(start);
            for (int i = 0; i < elements.Length; i += PieceLength)
                stream.Write(MemoryMarshal.AsBytes(elements.Slice(i, Math.Min(PieceLength, elements.Length - i))));
        }
        catch (DirectoryNotFoundException e)
        {
            throw new LivePoolException($"{path}: its folder is not there; make it first", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new LivePoolException($"{path}: cannot be written: {e.Message.TrimEnd('.')}; check the path and its rights", e);
        }
    }

    [GeneratedRegex(@"^\s*\{(?=.*'descr'\s*:\s*'(?<type>[^']*)')(?=.*'fortran_order'\s*:\s*(?<fortran>True|False))(?=.*'shape'\s*:\s*\((?<shape>[\d,\sL]*)\)).*\}\s*$", RegexOptions.Singleline)]
    private static partial Regex HeaderPattern { get; }

    private static (string Type, bool Fortran, int[] Dimensions) ParseHeader(string header)
    {
        Match match = HeaderPattern.Match(header);
        if (!match.Success)
            throw new LivePoolException("the .npy header is not a dictionary with descr, fortran_order and shape");

        string type = match.Groups["type"].Value;
        if (type is not ("<f4" or "<f8" or "|u1" or "<u1" or "<i8"))
            throw new LivePoolException($"the .npy type '{type}' is not read; use float32, float64, uint8 or int64, little-endian");

        var dimensions = new List<int>();
        foreach (string part in match.Groups["shape"].Value.Replace("L", "", StringComparison.Ordinal)
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int dimension))
                throw new LivePoolException($"the .npy dimension {part} is too large");
            dimensions.Add(dimension);
        }
        if (dimensions.Count is < 1 or > 4)
            throw new LivePoolException($"the .npy array has {dimensions.Count} dimensions; 1 to 4 are read");
        return (type[1..], match.Groups["fortran"].Value == "True", [.. dimensions]);
    }

    private static T[] ReadElements<T>(Stream stream, int count) where T : unmanaged
    {
        var elements = new T[count];
        for (int i = 0; i < count; i += PieceLength)
            stream.ReadExactly(MemoryMarshal.AsBytes(elements.AsSpan(i, Math.Min(PieceLength, count - i))));
        return elements;
    }

    private static Array ToCOrder(Array fortran, int[] dimensions)
    {
        Array c = Array.CreateInstanceFromArrayType(fortran.GetType(), fortran.Length);
        int[] position = new int[dimensions.Length];
        int[] strides = new int[dimensions.Length];
        for (int i = 0, stride = 1; i < dimensions.Length; stride *= dimensions[i++])
            strides[i] = stride;
        int source = 0;
        for (int target = 0; target < c.Length; target++)
        {
            Array.Copy(fortran, source, c, target, 1);
            for (int axis = dimensions.Length - 1; axis >= 0; axis--)
            {
                source += strides[axis];
                if (++position[axis] < dimensions[axis])
                    break;
                source -= strides[axis] * dimensions[axis];
                position[axis] = 0;
            }
        }
        return c;
    }
}
