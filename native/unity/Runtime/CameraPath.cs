using System;
using System.Runtime.InteropServices;
using System.Threading;
using UnityEngine;
using UnityEngine.Rendering;

namespace LivePool.Unity
{
    /// <summary>
    /// How pictures come to the engine and results to a texture. The engine runs on Unity's render thread, which does what the
    /// main thread issued, in order and later.
    /// </summary>
    internal abstract class CameraPath : IDisposable
    {
        // Pinned: the render thread reads it, and writes to it what came of a run.
        private readonly NativeMethods.RenderEvent[] _event = new NativeMethods.RenderEvent[1];
        private GCHandle _pin;
        private Vector2 _range = new Vector2(0, 255);

        protected CameraPath(LivePoolEngine engine)
        {
            Engine = engine;
            _event[0].StructSize = (uint)Marshal.SizeOf<NativeMethods.RenderEvent>();
            _event[0].Engine = engine.Number;
            ForgetRun();
            _pin = GCHandle.Alloc(_event, GCHandleType.Pinned);
        }

        protected LivePoolEngine Engine { get; }

        protected CommandBuffer Commands { get; } = new CommandBuffer { name = "LivePool" };

        /// <summary>What the last run returned; <see cref="NativeMethods.NotReady"/> where there was none.</summary>
        protected int RunStatus => Volatile.Read(ref _event[0].Status);

        /// <summary>Whether a frame was submitted; to run before would be an error.</summary>
        protected bool HasFrame { get; set; }

        /// <summary>Null before the first result.</summary>
        public Texture2D Output { get; private set; }

        /// <summary>Why the path cannot go on; null while it can.</summary>
        public virtual string Failure => null;

        /// <summary>Takes a render texture's or a webcam's picture as the next frame.</summary>
        public abstract void Take(Texture source);

        /// <summary>Issues the events of Unity's frame.</summary>
        public abstract void Render();

        public virtual void SetPipeline(string pipeline)
        {
            WaitForRenderThread();
            ForgetRun();
            Engine.SetPipeline(pipeline);
        }

        /// <summary>Sets the values that are shown as black and as white.</summary>
        public void SetRange(Vector2 range)
        {
            if (range.x == _range.x && range.y == _range.y)
                return;
            _range = range;
            WaitForRenderThread();
            Engine.SetDisplay(range.x, range.y);
        }

        public virtual void Dispose()
        {
            WaitForRenderThread();
            Engine.Dispose();
            _event[0].Engine = 0;
            FreeDevice();
            _pin.Free();
            Commands.Release();
            if (Output != null)
                UnityEngine.Object.Destroy(Output);
        }

        /// <summary>The engine is gone, and an event would be of none.</summary>
        protected virtual void FreeDevice()
        {
        }

        protected void AddRun()
        {
            Commands.IssuePluginEventAndData(NativeMethods.GetRenderEventAndDataFunc(), 0, _pin.AddrOfPinnedObject());
        }

        /// <summary>Results of another shape may come. The render thread must have nothing to do.</summary>
        protected void ForgetRun()
        {
            _event[0].Status = NativeMethods.NotReady;
        }

        /// <summary>The last result's size; false where there was no run since the last was forgotten.</summary>
        protected bool TryGetSize(out int width, out int height)
        {
            width = height = 0;
            return RunStatus >= 0 && Engine.TryGetShape(out _, out height, out width);
        }

        /// <summary>Makes the output anew if it has another size.</summary>
        /// <returns>Whether it did.</returns>
        protected bool FitOutput(int width, int height)
        {
            if (Output != null && Output.width == width && Output.height == height)
                return false;
            if (Output != null)
                UnityEngine.Object.Destroy(Output);
            Output = new Texture2D(width, height, TextureFormat.RGBA32, false);
            return true;
        }

        /// <summary>Returns once all that was issued has run: Unity waits for that before it gives a native pointer.</summary>
        protected static void WaitForRenderThread()
        {
            Texture2D.blackTexture.GetNativeTexturePtr();
        }
    }
}
