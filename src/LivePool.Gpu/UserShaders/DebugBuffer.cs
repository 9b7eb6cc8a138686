using System.Globalization;
using LivePool.Shaders;
using Silk.NET.OpenGL;

namespace LivePool.Gpu.UserShaders;

/// <summary>A value that a shader wrote by <c>DEBUG(value)</c>.</summary>
/// <param name="Place">The line that wrote it.</param>
/// <param name="X">The invocation, gl_GlobalInvocationID.</param>
/// <param name="Y">Along y.</param>
/// <param name="Z">Along z.</param>
/// <param name="Text">The value: a number, or several of a vector.</param>
public readonly record struct DebugRecord(ShaderPlace Place, int X, int Y, int Z, string Text);

/// <summary>What <c>DEBUG</c> writes to: a count of all values, and the first of them that came.</summary>
internal sealed class DebugBuffer : IDisposable
{
    /// <summary>The storage binding; kernels use those below.</summary>
    public const int Binding = 7;

    /// <summary>Values that are kept of a run.</summary>
    public const int Capacity = 4096;

    private const int HeaderWords = 4;
    private const int RecordWords = 8;

    private readonly GpuBuffer _buffer;

    public DebugBuffer(GpuDevice device)
    {
        if (device.Limits.StorageBlocks <= Binding)
            throw new Core.Backends.DeviceLimitException($"gpu: DEBUG needs {Binding + 1} storage buffers; this device has {device.Limits.StorageBlocks}");
        _buffer = new GpuBuffer(device, "the debug buffer", (HeaderWords + Capacity * RecordWords) * sizeof(uint));
    }

    /// <summary>
    /// The macro, and what it calls: a function for each type, because GLSL's macros know of none. The words of a record are
    /// the invocation, the line and kind, and four values.
    /// </summary>
    public static string Declaration { get; } = $$"""
        layout(std430, binding = {{Binding}}) restrict buffer DebugBuffer { uint debugCount; uvec4 debugRecords[]; };
        uniform ivec3 debugInvocation;
        void debugWrite(int line, uint kind, uint count, uvec4 value)
        {
            if (debugInvocation.x >= 0 && ivec3(gl_GlobalInvocationID) != debugInvocation) return;
            uint record = atomicAdd(debugCount, 1u);
            if (record >= {{Capacity}}u) return;
            debugRecords[2u * record] = uvec4(gl_GlobalInvocationID, uint(line) << 4 | kind << 2 | (count - 1u));
            debugRecords[2u * record + 1u] = value;
        }
        void debugValue(int line, float v) { debugWrite(line, 0u, 1u, uvec4(floatBitsToUint(v), 0u, 0u, 0u)); }
        void debugValue(int line, vec2 v) { debugWrite(line, 0u, 2u, uvec4(floatBitsToUint(v), 0u, 0u)); }
        void debugValue(int line, vec3 v) { debugWrite(line, 0u, 3u, uvec4(floatBitsToUint(v), 0u)); }
        void debugValue(int line, vec4 v) { debugWrite(line, 0u, 4u, floatBitsToUint(v)); }
        void debugValue(int line, int v) { debugWrite(line, 1u, 1u, uvec4(v, 0, 0, 0)); }
        void debugValue(int line, ivec2 v) { debugWrite(line, 1u, 2u, uvec4(v, 0, 0)); }
        void debugValue(int line, ivec3 v) { debugWrite(line, 1u, 3u, uvec4(v, 0)); }
        void debugValue(int line, ivec4 v) { debugWrite(line, 1u, 4u, uvec4(v)); }
        void debugValue(int line, uint v) { debugWrite(line, 2u, 1u, uvec4(v, 0u, 0u, 0u)); }
        void debugValue(int line, uvec2 v) { debugWrite(line, 2u, 2u, uvec4(v, 0u, 0u)); }
        void debugValue(int line, uvec3 v) { debugWrite(line, 2u, 3u, uvec4(v, 0u)); }
        void debugValue(int line, uvec4 v) { debugWrite(line, 2u, 4u, v); }
        void debugValue(int line, bool v) { debugWrite(line, 3u, 1u, uvec4(v, 0, 0, 0)); }
        #define DEBUG(value) debugValue(__LINE__, value)

        """;

    /// <summary>The invocation whose values are wanted; null for all.</summary>
    public (int X, int Y, int Z)? Invocation { get; set; }

    /// <summary>Forgets what was written.</summary>
    public void Clear() => _buffer.Write<uint>([0]);

    /// <summary>Binds it for a program that has the declaration.</summary>
    public void Bind(GL gl, uint program)
    {
        _buffer.Bind(Binding);
        (int x, int y, int z) = Invocation ?? (-1, -1, -1);
        gl.ProgramUniform3(program, gl.GetUniformLocation(program, "debugInvocation"), x, y, z);
    }

    /// <summary>How many values were written, and those that were kept, by invocation and line.</summary>
    /// <param name="places">The origin of each line of the text that wrote them.</param>
    public (long Written, IReadOnlyList<DebugRecord> Kept) Read(IReadOnlyList<ShaderPlace> places)
    {
        var words = new uint[HeaderWords + Capacity * RecordWords];
        _buffer.Read(words.AsSpan());
        var records = new List<DebugRecord>();
        for (int i = 0; i < Math.Min(words[0], Capacity); i++)
        {
            ReadOnlySpan<uint> record = words.AsSpan(HeaderWords + i * RecordWords, RecordWords);
            int line = (int)(record[3] >> 4);
            ShaderPlace place = line >= 1 && line <= places.Count ? places[line - 1] : default;
            records.Add(new(place, (int)record[0], (int)record[1], (int)record[2], TextOf(record)));
        }
        return (words[0], [.. records.OrderBy(r => r.Z).ThenBy(r => r.Y).ThenBy(r => r.X).ThenBy(r => r.Place.Line)]);
    }

    public void Dispose() => _buffer.Dispose();

    private static string TextOf(ReadOnlySpan<uint> record)
    {
        uint kind = record[3] >> 2 & 3;
        var values = new List<string>();
        foreach (uint word in record.Slice(4, (int)(record[3] & 3) + 1))
        {
            values.Add(kind switch
            {
                0 => BitConverter.UInt32BitsToSingle(word).ToString("R", CultureInfo.InvariantCulture),
                1 => ((int)word).ToString(CultureInfo.InvariantCulture),
                2 => word.ToString(CultureInfo.InvariantCulture),
                _ => word != 0 ? "true" : "false",
            });
        }
        return string.Join(", ", values);
    }
}
