using System;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LivePool.Unity
{
    /// <summary>An error of the library, with its text.</summary>
    public sealed class LivePoolException : Exception
    {
        internal LivePoolException(int status, string message) : base(message)
        {
            Status = status;
        }

        /// <summary>The code, as in livepool.h.</summary>
        public int Status { get; }
    }

    /// <summary>How the pixels of a frame lie in memory.</summary>
    public enum FrameFormat
    {
        /// <summary>One byte.</summary>
        Gray8 = 0,

        /// <summary>Red, green, blue.</summary>
        Rgb24 = 1,

        /// <summary>Red, green, blue, alpha, as Color32 has them.</summary>
        Rgba32 = 2,

        /// <summary>Blue, green, red, alpha.</summary>
        Bgra32 = 3,
    }

    /// <summary>A pipeline and the frames that go through it. One thread at a time, but <see cref="TrySubmit"/> may be another's.</summary>
    public sealed class LivePoolEngine : IDisposable
    {
        /// <summary>An engine's number; it fits a pointer on the 64-bit platforms that the library is for.</summary>
        private sealed class EngineHandle : SafeHandleZeroOrMinusOneIsInvalid
        {
            public EngineHandle(ulong engine) : base(true)
            {
                SetHandle((IntPtr)unchecked((long)engine));
            }

            public ulong Engine => unchecked((ulong)(long)handle);

            protected override bool ReleaseHandle()
            {
                return NativeMethods.livepool_destroy(Engine) == NativeMethods.Ok;
            }
        }

        private readonly EngineHandle _handle;
        private readonly int[] _shape = new int[4];

        /// <param name="pipeline">A preset's name, such as edge24, or JSON.</param>
        /// <param name="threads">0 for one for each processor.</param>
        /// <exception cref="LivePoolException">The pipeline is not valid, or the library and this package differ.</exception>
        public LivePoolEngine(string pipeline, int threads = 0)
        {
            uint version = NativeMethods.livepool_abi_version();
            if (version != NativeMethods.AbiVersion)
                throw new LivePoolException(0, "the library's interface is " + version + ", the package's " + NativeMethods.AbiVersion + "; copy the library again");
            var options = new NativeMethods.Options { StructSize = (uint)Marshal.SizeOf<NativeMethods.Options>(), Threads = threads };
            Check(NativeMethods.livepool_create(ref options, out ulong engine));
            _handle = new EngineHandle(engine);
            try
            {
                SetPipeline(pipeline);
            }
            catch
            {
                _handle.Dispose();
                throw;
            }
        }

        private ulong Engine => _handle.IsClosed ? 0 : _handle.Engine;

        /// <summary>Takes another pipeline.</summary>
        public void SetPipeline(string pipeline)
        {
            byte[] json = Encoding.UTF8.GetBytes(pipeline);
            Check(NativeMethods.livepool_set_pipeline(Engine, json, json.Length));
        }

        /// <summary>Sets a parameter of a stage, counted from 0, such as stride or weight.</summary>
        public void SetParameter(int stage, string name, params double[] values)
        {
            Check(NativeMethods.livepool_set_parameter(Engine, stage, name, values, values.Length));
        }

        /// <summary>The values that an RGBA32 texture shows as black and as white.</summary>
        public void SetDisplay(double black, double white)
        {
            Check(NativeMethods.livepool_set_display(Engine, black, white));
        }

        /// <summary>Takes a copy of a frame for the next run.</summary>
        /// <param name="top">The top row's first pixel.</param>
        /// <param name="format">How a pixel lies in memory.</param>
        /// <param name="width">Pixels in a row.</param>
        /// <param name="height">Rows.</param>
        /// <param name="stride">Bytes from a row to the one below it; negative where the lower row comes first.</param>
        /// <returns>False where another thread is about to take the last one; submit the next frame then.</returns>
        public bool TrySubmit(IntPtr top, FrameFormat format, int width, int height, long stride = 0)
        {
            var frame = new NativeMethods.Frame
            {
                StructSize = (uint)Marshal.SizeOf<NativeMethods.Frame>(),
                Format = (int)format,
                Pixels = top,
                Stride = stride,
                Width = width,
                Height = height,
            };
            int status = NativeMethods.livepool_submit(Engine, ref frame);
            if (status == NativeMethods.Busy)
                return false;
            Check(status);
            return true;
        }

        /// <summary>Runs the newest frame on this thread.</summary>
        /// <returns>False where there was no new one, or the engine is at work.</returns>
        public bool Run()
        {
            int status = NativeMethods.livepool_run(Engine);
            if (status == NativeMethods.NothingNew || status == NativeMethods.Busy)
                return false;
            Check(status);
            return true;
        }

        /// <summary>The last stage's channels, rows and columns; false before the first run, and while one is on.</summary>
        public bool TryGetShape(out int channels, out int height, out int width)
        {
            channels = height = width = 0;
            int status = NativeMethods.livepool_stage_count(Engine, out int count);
            if (status == NativeMethods.Ok)
                status = NativeMethods.livepool_stage_shape(Engine, count - 1, _shape);
            if (status == NativeMethods.Busy || status == NativeMethods.NotReady)
                return false;
            Check(status);
            (channels, height, width) = (_shape[1], _shape[2], _shape[3]);
            return true;
        }

        /// <summary>The last stage's output, channel by channel, row by row.</summary>
        public float[] Read()
        {
            Check(NativeMethods.livepool_stage_count(Engine, out int stages));
            Check(NativeMethods.livepool_output(Engine, stages - 1, out IntPtr data, out long count));
            var values = new float[count];
            Marshal.Copy(data, values, 0, values.Length);
            return values;
        }

        /// <summary>The number of the render event that runs the engine.</summary>
        public int EventId
        {
            get
            {
                Check(NativeMethods.livepool_event_id(Engine, out int id));
                return id;
            }
        }

        /// <summary>The user data of the engine's texture updates.</summary>
        public uint TextureUserData => unchecked((uint)Engine);

        /// <inheritdoc/>
        public void Dispose()
        {
            _handle.Dispose();
        }

        private static void Check(int status)
        {
            if (status >= 0)
                return;
            var text = new byte[512];
            int length = Math.Min(NativeMethods.livepool_last_error(text, text.Length), text.Length - 1);
            throw new LivePoolException(status, Encoding.UTF8.GetString(text, 0, length).TrimEnd('\0'));
        }
    }
}
