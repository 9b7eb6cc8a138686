using UnityEngine;

namespace LivePool.Unity
{
    /// <summary>Where a camera's pipeline runs.</summary>
    public enum CameraBackend
    {
        /// <summary>On the GPU where Unity draws with OpenGL 4.3 or later, else on the CPU.</summary>
        Automatic,

        /// <summary>As <see cref="Automatic"/>, with a warning where it is the CPU.</summary>
        Gpu,

        /// <summary>On the CPU.</summary>
        Cpu,
    }

    /// <summary>A webcam, or a render texture, through a pipeline; the feature maps as a texture.</summary>
    [AddComponentMenu("LivePool/LivePool Camera")]
    public sealed class LivePoolCamera : MonoBehaviour
    {
        private const int OpenGLCore = 17;
        private const int OpenGLES3 = 11;

        [Tooltip("A preset's name, such as edge24 or sobel, or JSON")]
        [TextArea]
        public string Pipeline = "edge24";

        [Tooltip("Where the pipeline runs, from when the component is enabled. Automatic: the GPU where Unity draws with OpenGL, else the CPU")]
        public CameraBackend Backend = CameraBackend.Automatic;

        [Tooltip("What is filtered; empty for the webcam. The GPU takes the format ARGB32 alone")]
        public RenderTexture Source;

        [Tooltip("The webcam's name; empty for the first one")]
        public string Device = "";

        [Tooltip("The value that is shown as black, and the one shown as white")]
        public Vector2 Range = new Vector2(0, 255);

        private CameraPath _path;
        private WebCamTexture _webcam;
        private string _pipeline;

        /// <summary>
        /// The feature maps, RGBA32; null before the first result. Its size follows the pipeline's. Its row 0, the lowest one that
        /// Unity draws, is the picture's top row, on the GPU as on the CPU: show it upside down. What is in it is the GPU's alone.
        /// </summary>
        public Texture2D Output => _path?.Output;

        /// <summary>Whether the pipeline runs on the GPU.</summary>
        public bool IsOnGpu => _path is GpuPath;

        private void OnEnable()
        {
            if (Source == null)
            {
                _webcam = Device.Length > 0 ? new WebCamTexture(Device) : new WebCamTexture();
                _webcam.Play();
            }
            _pipeline = Pipeline;
            _path = CreatePath();
        }

        private void OnDisable()
        {
            _path?.Dispose();
            _path = null;
            if (_webcam == null)
                return;
            _webcam.Stop();
            Destroy(_webcam);
            _webcam = null;
        }

        private void Update()
        {
            if (_path?.Failure != null)
                FallBack();
            if (_pipeline != Pipeline)
            {
                _pipeline = Pipeline;
                if (_path == null)
                    _path = CreatePath();
                else
                    _path.SetPipeline(Pipeline);
            }
            // The pipeline is not valid.
            if (_path == null)
                return;
            _path.SetRange(Range);
            if (Source != null)
                _path.Take(Source);
            else if (_webcam != null && _webcam.didUpdateThisFrame)
                _path.Take(_webcam);
            _path.Render();
        }

        private CameraPath CreatePath()
        {
            bool hasRenderer = LivePoolEngine.TryGetRenderer(out int renderer);
            if (Backend != CameraBackend.Cpu && hasRenderer && (renderer == OpenGLCore || renderer == OpenGLES3))
                return new GpuPath(_pipeline);
            if (Backend == CameraBackend.Gpu)
                Debug.LogWarning("LivePool: the GPU is used with OpenGL alone, and the renderer is " + (hasRenderer ? renderer.ToString() : "not known") + "; this runs on the CPU", this);
            return new CpuPath(_pipeline);
        }

        private void FallBack()
        {
            Debug.LogWarning("LivePool: " + _path.Failure + "; this runs on the CPU until it is enabled again", this);
            _path.Dispose();
            _path = null;
            _path = new CpuPath(_pipeline);
        }
    }
}
