using System;
using System.Runtime.InteropServices;
using UnityEngine;
using UnityEngine.Rendering;

namespace LivePool.Unity
{
    /// <summary>A webcam, or a render texture, through a pipeline; the feature maps as a texture.</summary>
    [AddComponentMenu("LivePool/LivePool Camera")]
    public sealed class LivePoolCamera : MonoBehaviour
    {
        [Tooltip("A preset's name, such as edge24 or sobel, or JSON")]
        [TextArea]
        public string Pipeline = "edge24";

        [Tooltip("What is filtered; empty for the webcam")]
        public RenderTexture Source;

        [Tooltip("The webcam's name; empty for the first one")]
        public string Device = "";

        [Tooltip("The value that is shown as black, and the one shown as white")]
        public Vector2 Range = new Vector2(0, 255);

        private LivePoolEngine _engine;
        private CommandBuffer _commands;
        private WebCamTexture _webcam;
        private Texture2D _output;
        private Color32[] _pixels;
        private string _pipeline;
        private bool _isReading;

        /// <summary>The feature maps, RGBA32, rows from the top; null before the first result. Its size follows the pipeline's.</summary>
        public Texture2D Output => _output;

        private void OnEnable()
        {
            _engine = new LivePoolEngine(Pipeline);
            _pipeline = Pipeline;
            _commands = new CommandBuffer { name = "LivePool" };
            if (Source != null)
                return;
            _webcam = Device.Length > 0 ? new WebCamTexture(Device) : new WebCamTexture();
            _webcam.Play();
        }

        private void OnDisable()
        {
            if (_webcam != null)
            {
                _webcam.Stop();
                Destroy(_webcam);
                _webcam = null;
            }
            if (_isReading)
                AsyncGPUReadback.WaitAllRequests();
            _commands?.Release();
            _commands = null;
            _engine?.Dispose();
            _engine = null;
            if (_output != null)
                Destroy(_output);
            _output = null;
        }

        private void Update()
        {
            if (_pipeline != Pipeline)
            {
                _pipeline = Pipeline;
                _engine.SetPipeline(Pipeline);
            }
            if (Source != null)
                ReadSource();
            else if (_webcam.didUpdateThisFrame)
                ReadWebcam();
            Render();
        }

        private void ReadWebcam()
        {
            int count = _webcam.width * _webcam.height;
            if (_pixels == null || _pixels.Length != count)
                _pixels = new Color32[count];
            _webcam.GetPixels32(_pixels);
            var pinned = GCHandle.Alloc(_pixels, GCHandleType.Pinned);
            try
            {
                Submit(pinned.AddrOfPinnedObject(), _webcam.width, _webcam.height);
            }
            finally
            {
                pinned.Free();
            }
        }

        private void ReadSource()
        {
            // One at a time: a GPU that is behind gets no queue.
            if (_isReading)
                return;
            _isReading = true;
            AsyncGPUReadback.Request(Source, 0, TextureFormat.RGBA32, request =>
            {
                _isReading = false;
                if (request.hasError || _engine == null)
                    return;
                var bytes = request.GetData<byte>().ToArray();
                var pinned = GCHandle.Alloc(bytes, GCHandleType.Pinned);
                try
                {
                    Submit(pinned.AddrOfPinnedObject(), request.width, request.height);
                }
                finally
                {
                    pinned.Free();
                }
            });
        }

        /// <summary>Unity's rows come from the bottom, the library's from the top.</summary>
        private void Submit(IntPtr bottom, int width, int height)
        {
            long stride = 4L * width;
            _engine.TrySubmit(new IntPtr(bottom.ToInt64() + (height - 1) * stride), FrameFormat.Rgba32, width, height, -stride);
        }

        private void Render()
        {
            _commands.Clear();
            _commands.IssuePluginEvent(NativeMethods.GetRenderEventFunc(), _engine.EventId);
            if (_engine.TryGetShape(out _, out int height, out int width))
            {
                if (_output == null || _output.width != width || _output.height != height)
                {
                    if (_output != null)
                        Destroy(_output);
                    _output = new Texture2D(width, height, TextureFormat.RGBA32, false);
                }
                _engine.SetDisplay(Range.x, Range.y);
                _commands.IssuePluginCustomTextureUpdateV2(NativeMethods.GetTextureUpdateFunc(), _output, _engine.TextureUserData);
            }
            Graphics.ExecuteCommandBuffer(_commands);
        }
    }
}
