using System.Runtime.InteropServices;

namespace UnityEngine
{
    /// <summary>What the package uses of Unity, as much of it as the tests need to act.</summary>
    public class Object
    {
        public bool IsDestroyed { get; private set; }

        public static void Destroy(Object what) => what.IsDestroyed = true;

        // Unity's objects equal null once destroyed.
        public static bool operator ==(Object? one, Object? other) => ReferenceEquals(Living(one), Living(other));

        public static bool operator !=(Object? one, Object? other) => !(one == other);

        private static Object? Living(Object? what) => what is { IsDestroyed: false } ? what : null;

        public override bool Equals(object? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }

    public class Component : Object
    {
        public Dictionary<Type, object> Others { get; } = [];

        public T GetComponent<T>() => (T)Others[typeof(T)];
    }

    public class MonoBehaviour : Component;

    public class Texture : Object
    {
        public int width { get; init; }

        public int height { get; init; }
    }

    public class RenderTexture : Texture
    {
        public Color32[] Pixels { get; init; } = [];
    }

    public class Texture2D : Texture
    {
        public Texture2D(int width, int height, TextureFormat format, bool mipChain)
        {
            if (format != TextureFormat.RGBA32 || mipChain)
                throw new ArgumentException("the stub has RGBA32 without mip maps alone");
            (this.width, this.height) = (width, height);
        }

        public byte[] Bytes { get; set; } = [];
    }

    public class WebCamTexture : Texture
    {
        public WebCamTexture(string device = "")
        {
            Device = device;
            Last = this;
        }

        public static WebCamTexture? Last { get; private set; }

        public string Device { get; }

        public bool IsPlaying { get; private set; }

        public Color32[] Pixels { get; set; } = [];

        public new int width { get; set; } = 16;

        public new int height { get; set; } = 16;

        public bool didUpdateThisFrame { get; set; }

        public void Play() => IsPlaying = true;

        public void Stop() => IsPlaying = false;

        public void GetPixels32(Color32[] colors) => Pixels.CopyTo(colors, 0);
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

    /// <summary>Runs what a command buffer has, at once and on this thread, as a render thread would.</summary>
    public static class Graphics
    {
        public static void ExecuteCommandBuffer(Rendering.CommandBuffer buffer) => buffer.Execute();
    }
}

namespace UnityEngine.Rendering
{
    public sealed class CommandBuffer
    {
        private readonly List<Action> _commands = [];

        public string name { get; set; } = "";

        public bool IsReleased { get; private set; }

        public void Clear() => _commands.Clear();

        public void Release() => IsReleased = true;

        public unsafe void IssuePluginEvent(IntPtr callback, int eventId) =>
            _commands.Add(() => ((delegate* unmanaged<int, void>)callback)(eventId));

        public void IssuePluginCustomTextureUpdateV2(IntPtr callback, Texture target, uint userData) =>
            _commands.Add(() => Update(callback, (Texture2D)target, userData));

        private static unsafe void Update(IntPtr callback, Texture2D target, uint userData)
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
            target.Bytes = new ReadOnlySpan<byte>(update.Pixels, 4 * target.width * target.height).ToArray();
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

        public void Execute()
        {
            foreach (Action command in _commands)
                command();
        }
    }

    public readonly struct AsyncGPUReadbackRequest(RenderTexture source)
    {
        public bool hasError => false;

        public int width => source.width;

        public int height => source.height;

        public NativeArray<T> GetData<T>() where T : unmanaged => new(MemoryMarshal.Cast<Color32, T>(source.Pixels).ToArray());
    }

    public readonly struct NativeArray<T>(T[] values)
    {
        public T[] ToArray() => values;
    }

    public static class AsyncGPUReadback
    {
        public static void WaitAllRequests()
        {
        }

        public static void Request(RenderTexture source, int mipIndex, TextureFormat format, Action<AsyncGPUReadbackRequest> callback) =>
            callback(new(source));
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
        public static int Popup(string label, int selected, string[] options) => selected;
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
