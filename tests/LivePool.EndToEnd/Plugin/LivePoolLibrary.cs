using System.Runtime.InteropServices;
using LivePool.Testing;

namespace LivePool.EndToEnd.Plugin;

/// <summary>liblivepool.so as native/build made it, called as a C program calls it.</summary>
internal static unsafe partial class LivePoolLibrary
{
    private const string Name = "livepool";

    static LivePoolLibrary() => NativeLibrary.SetDllImportResolver(typeof(LivePoolLibrary).Assembly,
        (name, _, _) => name == Name ? NativeLibrary.Load(Path.Combine(Folder, "liblivepool.so")) : 0);

    public static string Folder => Repository.PathOf("native", "bin", "linux-x64");

    [StructLayout(LayoutKind.Sequential)]
    public struct Options
    {
        public uint StructSize;
        public int Backend;
        public int Threads;
        public int KeepStages;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Frame
    {
        public uint StructSize;
        public int Format;
        public void* Pixels;
        public long Stride;
        public int Width;
        public int Height;
        public int Channels;
        public int Reserved;
    }

    [LibraryImport(Name, EntryPoint = "livepool_last_error")]
    private static partial int LastError(byte* buffer, int size);

    [LibraryImport(Name, EntryPoint = "livepool_create")]
    private static partial int Create(Options* options, ulong* engine);

    [LibraryImport(Name, EntryPoint = "livepool_destroy")]
    private static partial int Destroy(ulong engine);

    [LibraryImport(Name, EntryPoint = "livepool_set_pipeline", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetPipeline(ulong engine, string json, long bytes);

    [LibraryImport(Name, EntryPoint = "livepool_set_parameter", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetParameter(ulong engine, int stage, string name, double[] values, int count);

    [LibraryImport(Name, EntryPoint = "livepool_submit")]
    private static partial int Submit(ulong engine, Frame* frame);

    [LibraryImport(Name, EntryPoint = "livepool_run")]
    private static partial int Run(ulong engine);

    [LibraryImport(Name, EntryPoint = "livepool_output")]
    private static partial int Output(ulong engine, int stage, float** data, long* count);

    private static void Check(int status)
    {
        if (status >= 0)
            return;
        byte* text = stackalloc byte[1024];
        _ = LastError(text, 1024);
        throw new InvalidOperationException($"{status}: {Marshal.PtrToStringUTF8((nint)text)}");
    }

    /// <summary>An engine and what is asked of it.</summary>
    public sealed class Engine : IDisposable
    {
        private readonly ulong _handle;

        public Engine(string pipeline, int backend, bool keepsStages)
        {
            var options = new Options { StructSize = (uint)sizeof(Options), Backend = backend, Threads = 1, KeepStages = keepsStages ? 1 : 0 };
            ulong handle;
            Check(Create(&options, &handle));
            _handle = handle;
            Check(SetPipeline(_handle, pipeline, -1));
        }

        public void Set(int stage, string name, params double[] values) =>
            Check(SetParameter(_handle, stage, name, values, values.Length));

        public void Process(ReadOnlySpan<byte> pixels, int format, int width, int height, int channels = 0)
        {
            fixed (byte* first = pixels)
            {
                var frame = new Frame
                {
                    StructSize = (uint)sizeof(Frame),
                    Format = format,
                    Pixels = first,
                    Width = width,
                    Height = height,
                    Channels = channels,
                };
                Check(Submit(_handle, &frame));
            }
            Check(Run(_handle));
        }

        public float[] Read(int stage)
        {
            float* data;
            long count;
            Check(Output(_handle, stage, &data, &count));
            return new ReadOnlySpan<float>(data, (int)count).ToArray();
        }

        public void Dispose() => Check(Destroy(_handle));
    }
}
