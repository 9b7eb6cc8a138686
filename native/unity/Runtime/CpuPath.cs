using System;
using Unity.Collections;
using UnityEngine;
using UnityEngine.Rendering;

namespace LivePool.Unity
{
    /// <summary>Pictures are read back, the processor filters them, and the result is uploaded; on any renderer.</summary>
    internal sealed class CpuPath : CameraPath
    {
        private readonly Action<AsyncGPUReadbackRequest> _onRead;
        private Color32[] _pixels;
        private byte[] _bytes = Array.Empty<byte>();
        private int _width;
        private int _height;
        private bool _isReading;

        public CpuPath(string pipeline) : base(new LivePoolEngine(pipeline))
        {
            _onRead = OnRead;
        }

        public override void Take(Texture source)
        {
            if (source is WebCamTexture webcam)
                Read(webcam);
            else if (!_isReading)
                Read(source);
        }

        private void Read(WebCamTexture webcam)
        {
            int count = webcam.width * webcam.height;
            if (_pixels == null || _pixels.Length != count)
                _pixels = new Color32[count];
            webcam.GetPixels32(_pixels);
            Submit(_pixels, webcam.width, webcam.height);
        }

        // One at a time: a GPU that is behind gets no queue.
        private void Read(Texture source)
        {
            _isReading = true;
            AsyncGPUReadback.Request(source, 0, TextureFormat.RGBA32, _onRead);
        }

        private void OnRead(AsyncGPUReadbackRequest request)
        {
            _isReading = false;
            if (request.hasError)
                return;
            NativeArray<byte> pixels = request.GetData<byte>();
            if (_bytes.Length != pixels.Length)
                _bytes = new byte[pixels.Length];
            pixels.CopyTo(_bytes);
            Submit(_bytes, request.width, request.height);
        }

        private void Submit<T>(T[] pixels, int width, int height) where T : unmanaged
        {
            if (width != _width || height != _height)
            {
                // A result of the new size is not for a texture of the former one's.
                WaitForRenderThread();
                ForgetRun();
                (_width, _height) = (width, height);
            }
            HasFrame |= Engine.TrySubmit(pixels, FrameFormat.Rgba32, width, height, bottomFirst: true);
        }

        public override void Render()
        {
            if (!HasFrame)
                return;
            Commands.Clear();
            AddRun();
            if (TryGetSize(out int width, out int height))
            {
                FitOutput(width, height);
                Commands.IssuePluginCustomTextureUpdateV2(LivePoolEngine.TextureUpdateFunction, Output, Engine.TextureUserData);
            }
            Graphics.ExecuteCommandBuffer(Commands);
        }

        public override void Dispose()
        {
            if (_isReading)
                AsyncGPUReadback.WaitAllRequests();
            base.Dispose();
        }
    }
}
