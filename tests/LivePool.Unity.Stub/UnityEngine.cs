using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LivePool.Unity.Stub;
using Unity.Collections;

namespace UnityEngine
{
    /// <summary>What the package uses of Unity, as much of it as the tests need to act.</summary>
    public class Object
    {
        public bool IsDestroyed { get; private set; }

        public static void Destroy(Object what)
        {
            what.IsDestroyed = true;
            what.OnDestroy();
        }

        private protected virtual void OnDestroy()
        {
        }

        // Unity's objects equal null once destroyed.
        public static bool operator ==(Object? one, Object? other) => ReferenceEquals(Living(one), Living(other));

        public static bool operator !=(Object? one, Object? other) => !(one == other);

        private static Object? Living(Object? what) => what is { IsDestroyed: false } ? what : null;

        public override bool Equals(object? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
    }

    public class Component : Object
    {
        public Dictionary<Type, object> Others { get; } = [];

        public T GetComponent<T>() => (T)Others[typeof(T)];
    }

    public class MonoBehaviour : Component;

    public class Texture : Object
    {
        private nint _native;

        public virtual int width { get; set; }

        public virtual int height { get; set; }

        public IntPtr GetNativeTexturePtr()
        {
            RenderThread.Current.PointersAsked++;
            return RenderThread.Current.Ask(_ => _native);
        }

        internal bool HasImage => RenderThread.Current.Ask(_ => _native != 0);

        /// <summary>The pixels that the device has, row 0 first.</summary>
        public byte[] Read()
        {
            (int columns, int rows) = (width, height);
            return RenderThread.Current.Ask(device => device.Read(_native, columns, rows));
        }

        private protected void Create(byte[]? pixels)
        {
            (int columns, int rows) = (width, height);
            RenderThread.Current.Issue(device =>
            {
                if (_native == 0)
                    _native = device.Create(columns, rows, pixels);
                else if (pixels is not null)
                    device.Write(_native, columns, rows, pixels);
            });
        }

        // For the render thread.
        internal void Write(ReadOnlySpan<byte> pixels, ITextureDevice device) => device.Write(_native, width, height, pixels);

        private protected void Delete() => RenderThread.Current.Issue(device =>
        {
            if (_native != 0)
                device.Delete(_native);
            _native = 0;
        });

        private protected override void OnDestroy() => Delete();
    }

    public class RenderTexture : Texture
    {
        public RenderTexture(int width, int height, int depth, RenderTextureFormat format = RenderTextureFormat.ARGB32)
        {
            (this.width, this.height, this.format) = (width, height, format);
            if (depth != 0)
                throw new ArgumentException("the stub has no depth");
        }

        public RenderTextureFormat format { get; set; }

        public bool Create()
        {
            base.Create(null);
            return true;
        }

        /// <summary>To be changed in size and created again.</summary>
        public void Release() => Delete();

        /// <summary>Renders to it.</summary>
        public void Draw(Color32[] pixels) => base.Create(MemoryMarshal.AsBytes<Color32>(pixels).ToArray());
    }

    public enum RenderTextureFormat
    {
        ARGB32 = 0,
        ARGBHalf = 2,
    }

    public sealed class Texture2D : Texture
    {
        private static readonly ConditionalWeakTable<RenderThread, Texture2D> _black = [];
        private bool _isReadable = true;

        public Texture2D(int width, int height, TextureFormat format, bool mipChain)
        {
            if (format != TextureFormat.RGBA32 || mipChain)
                throw new ArgumentException("the stub has RGBA32 without mip maps alone");
            (this.width, this.height) = (width, height);
            Create(null);
        }

        public static Texture2D blackTexture => _black.GetValue(RenderThread.Current, _ => new(4, 4, TextureFormat.RGBA32, false));

        public void Apply(bool updateMipmaps = true, bool makeNoLongerReadable = false)
        {
            if (!_isReadable)
                throw new InvalidOperationException("the texture is not readable");
            _isReadable = !makeNoLongerReadable;
        }
    }

    public class WebCamTexture : Texture
    {
        private Color32[] _pixels = [];

        public WebCamTexture(string deviceName = "")
        {
            this.deviceName = deviceName;
            Last = this;
        }

        /// <summary>The one that was made last.</summary>
        public static WebCamTexture? Last { get; private set; }

        public string deviceName { get; }

        public bool isPlaying { get; private set; }

        public override int width { get; set; } = 16;

        public override int height { get; set; } = 16;

        public bool didUpdateThisFrame { get; set; }

        public void Play() => isPlaying = true;

        public void Stop() => isPlaying = false;

        public void GetPixels32(Color32[] colors)
        {
            RenderThread.Current.Copies++;
            _pixels.CopyTo(colors, 0);
        }

        /// <summary>A picture comes from the camera.</summary>
        public void Show(int width, int height, Color32[] pixels)
        {
            if (width != this.width || height != this.height)
                Delete();
            (this.width, this.height, _pixels, didUpdateThisFrame) = (width, height, pixels, true);
            Create(MemoryMarshal.AsBytes<Color32>(pixels).ToArray());
        }
    }

    public enum TextureFormat
    {
        RGBA32 = 4,
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Color32(byte r, byte g, byte b, byte a)
    {
        public byte r = r;
        public byte g = g;
        public byte b = b;
        public byte a = a;
    }

    public struct Vector2(float x, float y)
    {
        public float x = x;
        public float y = y;
    }

    public struct Rect;

    public class Material : Object
    {
        public Vector2 mainTextureScale { get; set; }

        public Texture? mainTexture { get; set; }
    }

    public class Renderer : Component
    {
        public Material material { get; } = new();
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class AddComponentMenu(string menu) : Attribute
    {
        public string Menu => menu;
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class TooltipAttribute(string text) : Attribute
    {
        public string Text => text;
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class TextAreaAttribute : Attribute;

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class RequireComponent(Type one, Type other) : Attribute
    {
        public Type[] Types => [one, other];
    }

    public static class GUILayoutUtility
    {
        public static Rect GetAspectRect(float aspect) => default;
    }

    public static class Graphics
    {
        public static void ExecuteCommandBuffer(Rendering.CommandBuffer buffer) => buffer.Execute();
    }

    public static class GL
    {
        /// <summary>How often Unity was told to forget what it knows of the context's state.</summary>
        public static int Invalidations { get; set; }

        public static void InvalidateState() => Invalidations++;
    }

    public static class Debug
    {
        /// <summary>Unity's console, but for what the library logs itself.</summary>
        public static List<string> Warnings { get; } = [];

        public static void LogWarning(object message, Object context) => Warnings.Add((string)message);
    }
}

namespace Unity.Collections
{
    public readonly struct NativeArray<T>(T[] values)
    {
        public int Length => values.Length;

        public void CopyTo(T[] array)
        {
            if (array.Length != values.Length)
                throw new ArgumentException("the arrays' lengths differ");
            values.CopyTo(array, 0);
        }
    }
}

namespace UnityEngine.Rendering
{
    public sealed class CommandBuffer
    {
        private readonly List<Action<ITextureDevice>> _commands = [];

        public string name { get; set; } = "";

        public bool IsReleased { get; private set; }

        public void Clear() => _commands.Clear();

        public void Release() => IsReleased = true;

        public unsafe void IssuePluginEvent(IntPtr callback, int eventID) =>
            _commands.Add(_ => ((delegate* unmanaged<int, void>)callback)(eventID));

        public unsafe void IssuePluginEventAndData(IntPtr callback, int eventID, IntPtr data) =>
            _commands.Add(_ => ((delegate* unmanaged<int, nint, void>)callback)(eventID, data));

        public void IssuePluginCustomTextureUpdateV2(IntPtr callback, UnityEngine.Texture targetTexture, uint userData)
        {
            RenderThread.Current.Copies++;
            _commands.Add(device => Update(callback, targetTexture, userData, device));
        }

        private static unsafe void Update(IntPtr callback, UnityEngine.Texture target, uint userData, ITextureDevice device)
        {
            var function = (delegate* unmanaged<int, TextureUpdate*, void>)callback;
            var update = new TextureUpdate
            {
                UserData = userData,
                Width = (uint)target.width,
                Height = (uint)target.height,
                BytesPerPixel = 4,
            };
            function(9, &update);
            if (update.Pixels is null)
                return;
            target.Write(new ReadOnlySpan<byte>(update.Pixels, 4 * target.width * target.height), device);
            function(10, &update);
        }

        [StructLayout(LayoutKind.Sequential)]
        private unsafe struct TextureUpdate
        {
            public void* Pixels;
            public nint Texture;
            public uint UserData;
            public uint Format;
            public uint Width;
            public uint Height;
            public uint BytesPerPixel;
        }

        internal void Execute()
        {
            ObjectDisposedException.ThrowIf(IsReleased, this);
            // What is done with the buffer later changes nothing of this.
            Action<ITextureDevice>[] commands = [.. _commands];
            RenderThread.Current.Issue(device =>
            {
                foreach (Action<ITextureDevice> command in commands)
                    command(device);
            });
        }
    }

    public readonly struct AsyncGPUReadbackRequest(UnityEngine.Texture source)
    {
        public bool hasError => !source.HasImage;

        public int width => source.width;

        public int height => source.height;

        public NativeArray<T> GetData<T>() where T : unmanaged => new(MemoryMarshal.Cast<byte, T>(source.Read()).ToArray());
    }

    public static class AsyncGPUReadback
    {
        public static void WaitAllRequests()
        {
        }

        public static void Request(UnityEngine.Texture src, int mipIndex, UnityEngine.TextureFormat dstFormat, Action<AsyncGPUReadbackRequest> callback)
        {
            RenderThread.Current.Copies++;
            callback(new(src));
        }
    }
}

namespace UnityEditor
{
    public class Editor
    {
        public UnityEngine.Object target { get; set; } = new();

        public void DrawDefaultInspector()
        {
        }

        public void Repaint()
        {
        }

        public virtual void OnInspectorGUI()
        {
        }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class CustomEditor(Type type) : Attribute
    {
        public Type Type => type;
    }

    public static class EditorGUILayout
    {
        /// <summary>The labels that were drawn.</summary>
        public static List<string> Labels { get; } = [];

        public static int Popup(string label, int selectedIndex, string[] displayedOptions) => selectedIndex;

        public static void LabelField(string label, string label2) => Labels.Add($"{label}: {label2}");
    }

    public static class EditorGUI
    {
        public static void DrawPreviewTexture(UnityEngine.Rect area, UnityEngine.Texture texture)
        {
        }
    }

    public static class EditorUtility
    {
        public static void SetDirty(UnityEngine.Object target)
        {
        }
    }

    public static class Undo
    {
        public static void RecordObject(UnityEngine.Object target, string name)
        {
        }
    }
}
