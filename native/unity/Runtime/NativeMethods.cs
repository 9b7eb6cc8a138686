using System;
using System.Runtime.InteropServices;

namespace LivePool.Unity
{
    /// <summary>The library's functions; native/include/livepool.h says what they do.</summary>
    internal static class NativeMethods
    {
        private const string Library = "livepool";

        public const uint AbiVersion = 1;
        public const int Ok = 0;
        public const int NothingNew = 1;
        public const int InvalidPipeline = -3;
        public const int NotReady = -4;
        public const int Busy = -5;

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
            public IntPtr Pixels;
            public long Stride;
            public int Width;
            public int Height;
            public int Channels;
            public int Reserved;
        }

        [StructLayout(LayoutKind.Sequential)]
        public struct Texture
        {
            public uint StructSize;
            public uint Name;
            public int BottomFirst;
            public int Reserved;
        }

        [StructLayout(LayoutKind.Sequential)]
        public struct Timings
        {
            public uint StructSize;
            public int Stages;
            public ulong Submitted;
            public ulong Run;
            public ulong Replaced;
            public ulong Failed;
            public double SubmitMs;
            public double RunMs;
        }

        [StructLayout(LayoutKind.Sequential)]
        public struct RenderEvent
        {
            public uint StructSize;
            public int Status;
            public ulong Engine;
        }

        [DllImport(Library)]
        public static extern uint livepool_abi_version();

        [DllImport(Library)]
        public static extern IntPtr livepool_version();

        [DllImport(Library)]
        public static extern int livepool_last_error(byte[] buffer, int size);

        [DllImport(Library)]
        public static extern int livepool_create(ref Options options, out ulong engine);

        [DllImport(Library)]
        public static extern int livepool_destroy(ulong engine);

        [DllImport(Library)]
        public static extern int livepool_set_pipeline(ulong engine, byte[] json, long bytes);

        [DllImport(Library)]
        public static extern int livepool_set_parameter(ulong engine, int stage, byte[] name, double[] values, int count);

        [DllImport(Library)]
        public static extern int livepool_set_display(ulong engine, double black, double white);

        [DllImport(Library)]
        public static extern int livepool_submit(ulong engine, ref Frame frame);

        [DllImport(Library)]
        public static extern int livepool_submit_texture(ulong engine, ref Texture texture);

        [DllImport(Library)]
        public static extern int livepool_set_output_texture(ulong engine, ref Texture texture);

        [DllImport(Library)]
        public static extern int livepool_set_output_texture(ulong engine, IntPtr none);

        [DllImport(Library)]
        public static extern int livepool_run(ulong engine);

        [DllImport(Library)]
        public static extern int livepool_stage_count(ulong engine, out int count);

        [DllImport(Library)]
        public static extern int livepool_stage_shape(ulong engine, int stage, int[] shape);

        [DllImport(Library)]
        public static extern int livepool_stage_time(ulong engine, int stage, out double milliseconds);

        [DllImport(Library)]
        public static extern int livepool_output(ulong engine, int stage, out IntPtr data, out long count);

        [DllImport(Library)]
        public static extern int livepool_timings_of(ulong engine, ref Timings timings);

        [DllImport(Library)]
        public static extern int livepool_renderer(out int renderer);

        [DllImport(Library)]
        public static extern int livepool_event_id(ulong engine, out int eventId);

        [DllImport(Library)]
        public static extern IntPtr GetRenderEventFunc();

        [DllImport(Library)]
        public static extern IntPtr GetRenderEventAndDataFunc();

        [DllImport(Library)]
        public static extern IntPtr GetTextureUpdateFunc();
    }
}
