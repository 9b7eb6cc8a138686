using UnityEngine;

namespace LivePool.Unity
{
    /// <summary>The engine runs in Unity's GL context, reads the source's texture and writes the output's; nothing goes through the CPU.</summary>
    internal sealed class GpuPath : CameraPath
    {
        private Texture _source;
        private int _width;
        private int _height;
        private uint _sourceName;
        private string _unfit;
        private bool _hasOutput;
        private bool _isFrameNew;
        private bool _hasAskedAgain;

        public GpuPath(string pipeline) : base(new LivePoolEngine(pipeline, Backend.Gl))
        {
        }

        public override string Failure
        {
            get
            {
                return _unfit ?? (IsRefused && _hasAskedAgain
                    ? "the GPU cannot run the pipeline (status " + RunStatus + ", for which the log has the reason)"
                    : null);
            }
        }

        private bool IsRefused
        {
            get
            {
                int status = RunStatus;
                return status < 0 && status != NativeMethods.NotReady && status != NativeMethods.Busy;
            }
        }

        public override void Take(Texture source)
        {
            // A render texture that was released and created again may have another name: the one that was asked for first is no
            // reason to give up.
            bool asksAgain = IsRefused;
            if (asksAgain || RunStatus >= 0)
                _hasAskedAgain = asksAgain;
            if (asksAgain || source != _source || source.width != _width || source.height != _height)
            {
                if (source is RenderTexture { format: not RenderTextureFormat.ARGB32 } other)
                {
                    _unfit = "the source's format is " + other.format + ", and the GPU takes ARGB32 alone";
                    return;
                }
                uint name = NameOf(source);
                ForgetOutput();
                _source = null;
                // A webcam has no texture before its first picture, nor has a render texture that was released.
                if (name == 0)
                    return;
                (_source, _width, _height, _sourceName) = (source, source.width, source.height, name);
            }
            _isFrameNew |= Engine.TrySubmitTexture(_sourceName, bottomFirst: true);
            HasFrame |= _isFrameNew;
        }

        public override void SetPipeline(string pipeline)
        {
            WaitForRenderThread();
            ForgetOutput();
            base.SetPipeline(pipeline);
        }

        public override void Render()
        {
            // A run without a frame would say that all is well, whatever the last one said.
            if (!_isFrameNew)
                return;
            _isFrameNew = false;
            if (!_hasOutput && TryGetSize(out int width, out int height))
                SetOutput(width, height);
            IssueRun();
        }

        private void IssueRun()
        {
            Commands.Clear();
            AddRun();
            Graphics.ExecuteCommandBuffer(Commands);
            GL.InvalidateState();
        }

        /// <summary>The next results go to no texture, because they may be of another size. The render thread must have nothing to do.</summary>
        private void ForgetOutput()
        {
            ForgetRun();
            Engine.ClearOutputTexture();
            _hasOutput = false;
        }

        private void SetOutput(int width, int height)
        {
            // On the GPU before its name is asked for; what the CPU had of it would be wrong.
            if (FitOutput(width, height))
                Output.Apply(updateMipmaps: false, makeNoLongerReadable: true);
            Engine.SetOutputTexture(NameOf(Output), bottomFirst: false);
            _hasOutput = true;
        }

        // What the engine had in the context is freed by the library's next event there.
        protected override void FreeDevice()
        {
            if (!HasFrame)
                return;
            IssueRun();
            WaitForRenderThread();
        }

        /// <summary>GL's name, for which Unity waits for the render thread.</summary>
        private static uint NameOf(Texture texture)
        {
            return unchecked((uint)texture.GetNativeTexturePtr().ToInt64());
        }
    }
}
