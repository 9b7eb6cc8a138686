using System;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
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

    /// <summary>Where an engine runs.</summary>
    public enum Backend
    {
        /// <summary>The processor's vector units.</summary>
        Simd = 0,

        /// <summary>Plain loops in double precision: slow, for comparison.</summary>
        Reference = 1,

        /// <summary>Compute shaders in the GL context that is current where the engine runs, OpenGL 4.3 or later.</summary>
        Gl = 2,
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

        /// <summary>Planes [channels, height, width] of float32.</summary>
        FloatPlanes = 4,
    }

    /// <summary>What an engine has done. Times are in milliseconds.</summary>
    public readonly struct EngineTimings
    {
        internal EngineTimings(in NativeMethods.Timings timings)
        {
            Submitted = timings.Submitted;
            Run = timings.Run;
            Replaced = timings.Replaced;
            Failed = timings.Failed;
            SubmitMilliseconds = timings.SubmitMs;
            RunMilliseconds = timings.RunMs;
        }

        /// <summary>Frames since the engine was made.</summary>
        public ulong Submitted { get; }

        /// <summary>Frames that were run.</summary>
        public ulong Run { get; }

        /// <summary>Frames that were never run: a newer one came first, or a pipeline of other channels.</summary>
        public ulong Replaced { get; }

        /// <summary>Frames that were lost in a run that failed.</summary>
        public ulong Failed { get; }

        /// <summary>Of the last frame.</summary>
        public double SubmitMilliseconds { get; }

        /// <summary>Of the last run; on GL until the work was submitted.</summary>
        public double RunMilliseconds { get; }
    }

    /// <summary>
    /// A pipeline and the frames that go through it. One thread at a time, but <see cref="TrySubmit(IntPtr, FrameFormat, int, int, long, int)"/>
    /// and <see cref="TrySubmitTexture"/> may be another's. Members that do not begin with Try throw a
    /// <see cref="LivePoolException"/> while another thread is in the engine.
    /// </summary>
    public sealed class LivePoolEngine : IDisposable
    {
        /// <summary>An engine's number; it fits a pointer on the 64-bit platforms that the library is for.</summary>
        private sealed class EngineHandle : SafeHandleZeroOrMinusOneIsInvalid
        {
            public EngineHandle(ulong engine) : base(true)
            {
                SetHandle(new IntPtr(unchecked((long)engine)));
            }

            public ulong Engine => unchecked((ulong)handle.ToInt64());

            protected override bool ReleaseHandle()
            {
                var wait = new SpinWait();
                int status;
                while ((status = NativeMethods.livepool_destroy(Engine)) == NativeMethods.Busy)
                    wait.SpinOnce();
                return status == NativeMethods.Ok;
            }
        }

        private readonly EngineHandle _handle;
        private readonly int[] _shape = new int[4];

        /// <param name="pipeline">A preset's name, such as edge24, or JSON.</param>
        /// <param name="backend">Where it runs.</param>
        /// <param name="keepsStages">Whether every stage's output can be read; else only the last one's, and stages are fused.</param>
        /// <param name="threads">Of <see cref="Backend.Simd"/>; 0 for one for each processor.</param>
        /// <exception cref="LivePoolException">The pipeline is not valid, or the library and this binding differ.</exception>
        public LivePoolEngine(string pipeline, Backend backend = Backend.Simd, bool keepsStages = false, int threads = 0)
        {
            uint version = NativeMethods.livepool_abi_version();
            if (version != NativeMethods.AbiVersion)
                throw new LivePoolException(0, "the library's interface is " + version + ", the binding's " + NativeMethods.AbiVersion + "; copy the library again");
            var options = new NativeMethods.Options
            {
                StructSize = (uint)Marshal.SizeOf<NativeMethods.Options>(),
                Backend = (int)backend,
                Threads = threads,
                KeepStages = keepsStages ? 1 : 0,
            };
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

        /// <summary>The library's version, such as 0.1.0.</summary>
        public static string Version => Marshal.PtrToStringAnsi(NativeMethods.livepool_version()) ?? "";

        /// <summary>The number of the host's renderer, such as 17 for OpenGL; false where no host has loaded the library, or it has no device.</summary>
        public static bool TryGetRenderer(out int renderer)
        {
            return IsReady(NativeMethods.livepool_renderer(out renderer));
        }

        /// <summary>The library's number of the engine; 0 once it is disposed.</summary>
        internal ulong Number => _handle.IsClosed ? 0 : _handle.Engine;

        /// <summary>Takes another pipeline.</summary>
        public void SetPipeline(string pipeline)
        {
            byte[] json = Encoding.UTF8.GetBytes(pipeline);
            Check(NativeMethods.livepool_set_pipeline(Number, json, json.Length));
        }

        /// <summary>Sets a parameter of a stage, counted from 0, such as stride or weight.</summary>
        public void SetParameter(int stage, string name, params double[] values)
        {
            Check(NativeMethods.livepool_set_parameter(Number, stage, Encoding.UTF8.GetBytes(name + "\0"), values, values.Length));
        }

        /// <summary>The values that an RGBA32 texture shows as black and as white.</summary>
        public void SetDisplay(double black, double white)
        {
            Check(NativeMethods.livepool_set_display(Number, black, white));
        }

        /// <summary>Takes a copy of a frame for the next run.</summary>
        /// <param name="top">The top row's first pixel.</param>
        /// <param name="format">How a pixel lies in memory.</param>
        /// <param name="width">Pixels in a row.</param>
        /// <param name="height">Rows.</param>
        /// <param name="stride">Bytes from a row to the one below it; negative where the lower row comes first; 0 for rows without gaps.</param>
        /// <param name="channels">Planes of <see cref="FrameFormat.FloatPlanes"/>; otherwise 0.</param>
        /// <returns>False where another thread is about to take the last one; submit the next frame then.</returns>
        public bool TrySubmit(IntPtr top, FrameFormat format, int width, int height, long stride = 0, int channels = 0)
        {
            var frame = new NativeMethods.Frame
            {
                StructSize = (uint)Marshal.SizeOf<NativeMethods.Frame>(),
                Format = (int)format,
                Pixels = top,
                Stride = stride,
                Width = width,
                Height = height,
                Channels = channels,
            };
            return Succeeded(NativeMethods.livepool_submit(Number, ref frame));
        }

        /// <summary>Takes a copy of a picture, whose rows lie without gaps.</summary>
        /// <param name="pixels">Bytes, or structs of them.</param>
        /// <param name="format">How a pixel lies in memory.</param>
        /// <param name="width">Pixels in a row.</param>
        /// <param name="height">Rows.</param>
        /// <param name="bottomFirst">Whether the lowest row comes first, as Unity has it.</param>
        /// <returns>As the other.</returns>
        /// <exception cref="ArgumentException"><paramref name="pixels"/> is shorter than the picture.</exception>
        public bool TrySubmit<T>(T[] pixels, FrameFormat format, int width, int height, bool bottomFirst = false)
            where T : unmanaged
        {
            long stride = (long)width * (format == FrameFormat.Gray8 ? 1 : format == FrameFormat.Rgb24 ? 3 : 4);
            return TrySubmitPinned(pixels, Marshal.SizeOf<T>(), format, width, height, stride, bottomFirst, 0);
        }

        /// <summary>Takes a copy of planes [channels, height, width].</summary>
        /// <returns>As the others.</returns>
        /// <exception cref="ArgumentException"><paramref name="planes"/> is shorter than that.</exception>
        public bool TrySubmit(float[] planes, int channels, int width, int height)
        {
            return TrySubmitPinned(planes, sizeof(float), FrameFormat.FloatPlanes, width, height, (long)width * sizeof(float), false, channels);
        }

        private bool TrySubmitPinned(
            Array pixels, int elementBytes, FrameFormat format, int width, int height, long stride, bool bottomFirst, int channels)
        {
            decimal needed = (decimal)stride * height * Math.Max(1, channels);
            if ((long)pixels.Length * elementBytes < needed)
                throw new ArgumentException("there are " + (long)pixels.Length * elementBytes + " bytes; a frame of " + width + "x" + height + " has " + needed);
            var pin = GCHandle.Alloc(pixels, GCHandleType.Pinned);
            try
            {
                long first = pin.AddrOfPinnedObject().ToInt64();
                return bottomFirst
                    ? TrySubmit(new IntPtr(first + (height - 1) * stride), format, width, height, -stride, channels)
                    : TrySubmit(new IntPtr(first), format, width, height, stride, channels);
            }
            finally
            {
                pin.Free();
            }
        }

        /// <summary>Names a frame for the next run, which reads it where it is; engines of <see cref="Backend.Gl"/> alone.</summary>
        /// <param name="name">GL's name of a 2D texture, which must be one still when the engine runs.</param>
        /// <param name="bottomFirst">Whether row 0 is the lowest, as GL and Unity have it, instead of the top row.</param>
        /// <returns>As <see cref="TrySubmit(IntPtr, FrameFormat, int, int, long, int)"/>.</returns>
        public bool TrySubmitTexture(uint name, bool bottomFirst)
        {
            NativeMethods.Texture texture = Texture(name, bottomFirst);
            return Succeeded(NativeMethods.livepool_submit_texture(Number, ref texture));
        }

        /// <summary>Lets each run write the last stage's output to a texture of its size; engines of <see cref="Backend.Gl"/> alone.</summary>
        /// <param name="name">GL's name of a 2D texture, RGBA8 or of floating point.</param>
        /// <param name="bottomFirst">Whether row 0 becomes the lowest instead of the top row.</param>
        public void SetOutputTexture(uint name, bool bottomFirst)
        {
            NativeMethods.Texture texture = Texture(name, bottomFirst);
            Check(NativeMethods.livepool_set_output_texture(Number, ref texture));
        }

        /// <summary>Lets runs write to no texture.</summary>
        public void ClearOutputTexture()
        {
            Check(NativeMethods.livepool_set_output_texture(Number, IntPtr.Zero));
        }

        private static NativeMethods.Texture Texture(uint name, bool bottomFirst)
        {
            return new NativeMethods.Texture
            {
                StructSize = (uint)Marshal.SizeOf<NativeMethods.Texture>(),
                Name = name,
                BottomFirst = bottomFirst ? 1 : 0,
            };
        }

        /// <summary>Runs the newest frame on this thread.</summary>
        /// <returns>False where there was no new one, or the engine is at work.</returns>
        public bool TryRun()
        {
            int status = NativeMethods.livepool_run(Number);
            return Succeeded(status) && status != NativeMethods.NothingNew;
        }

        /// <summary>The last stage's channels, rows and columns; false before the first run, and while one is on.</summary>
        public bool TryGetShape(out int channels, out int height, out int width)
        {
            channels = height = width = 0;
            return IsReady(NativeMethods.livepool_stage_count(Number, out int count))
                && TryGetShape(count - 1, out channels, out height, out width);
        }

        /// <summary>The same of any stage, counted from 0.</summary>
        public bool TryGetShape(int stage, out int channels, out int height, out int width)
        {
            bool isReady = IsReady(NativeMethods.livepool_stage_shape(Number, stage, _shape));
            (channels, height, width) = isReady ? (_shape[1], _shape[2], _shape[3]) : (0, 0, 0);
            return isReady;
        }

        /// <summary>How many stages the pipeline has.</summary>
        public int StageCount
        {
            get
            {
                Check(NativeMethods.livepool_stage_count(Number, out int count));
                return count;
            }
        }

        /// <summary>The last stage's output, channel by channel, row by row.</summary>
        public float[] Read()
        {
            return Read(StageCount - 1);
        }

        /// <summary>A stage's output, counted from 0; all but the last are there only if the engine keeps them.</summary>
        public float[] Read(int stage)
        {
            Check(NativeMethods.livepool_output(Number, stage, out IntPtr data, out long count));
            var values = new float[count];
            Marshal.Copy(data, values, 0, values.Length);
            return values;
        }

        /// <summary>A stage's milliseconds; NaN where it is fused with the one behind it. On GL, of the run two before.</summary>
        public double StageMilliseconds(int stage)
        {
            Check(NativeMethods.livepool_stage_time(Number, stage, out double milliseconds));
            return milliseconds;
        }

        /// <summary>What the engine has done so far.</summary>
        public EngineTimings Timings
        {
            get
            {
                var timings = new NativeMethods.Timings { StructSize = (uint)Marshal.SizeOf<NativeMethods.Timings>() };
                Check(NativeMethods.livepool_timings_of(Number, ref timings));
                return new EngineTimings(timings);
            }
        }

        /// <summary>For CommandBuffer.IssuePluginEvent with an <see cref="EventId"/>.</summary>
        public static IntPtr RenderEventFunction => NativeMethods.GetRenderEventFunc();

        /// <summary>For CommandBuffer.IssuePluginCustomTextureUpdateV2 with a <see cref="TextureUserData"/>.</summary>
        public static IntPtr TextureUpdateFunction => NativeMethods.GetTextureUpdateFunc();

        /// <summary>The number of the render event that runs the engine.</summary>
        public int EventId
        {
            get
            {
                Check(NativeMethods.livepool_event_id(Number, out int id));
                return id;
            }
        }

        /// <summary>The user data of the engine's texture updates.</summary>
        public uint TextureUserData => unchecked((uint)Number);

        /// <summary>
        /// Destroys the engine; waits for another thread that is in it. What an engine of <see cref="Backend.Gl"/> has in its GL
        /// context is freed at once if that is current here, else by the library's next call or render event there.
        /// </summary>
        public void Dispose()
        {
            _handle.Dispose();
        }

        /// <summary>False where there is nothing yet, or the engine is at work; other errors are thrown.</summary>
        private static bool IsReady(int status)
        {
            return status != NativeMethods.NotReady && Succeeded(status);
        }

        /// <summary>False where the engine is at work; other errors are thrown.</summary>
        private static bool Succeeded(int status)
        {
            if (status == NativeMethods.Busy)
                return false;
            Check(status);
            return true;
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
