using System.Text.Json.Nodes;
using LivePool.Testing;

namespace LivePool.EndToEnd.View;

/// <summary>A folder with a picture and shaders, and a window that shows them.</summary>
public abstract class WindowWithShaders(Screen screen) : IDisposable
{
    private protected Screen Screen { get; } = screen;

    private protected TemporaryFolder Folder { get; } = new();

    private protected Picture Picture { get; } = new(40, 36, seed: 1);

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static string Experiment(string name) => Repository.PathOf("shaders", "experiments", name);

    /// <summary>A free shader that writes what an expression of v, the input, comes to.</summary>
    private protected string Write(string name, string expression, string more = "")
    {
        File.WriteAllText(Folder[name], $$"""
            #include "include/grid.glsl"
            layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
            layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };
            layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };
            layout(std430, binding = 2) readonly restrict buffer Previous { float previous[]; };
            void main()
            {
                ivec3 at = gridPosition();
                if (at.x >= outputWidth || at.y >= outputHeight || at.z >= channels)
                    return;
                int here = (at.z * outputHeight + at.y) * outputWidth + at.x;
                float v = x[here];
                {{more}}
                y[here] = {{expression}};
            }

            """);
        return name;
    }

    private protected ViewedWindow Open(params string[] arguments)
    {
        Picture.Save(Folder["picture.png"]);
        var window = new ViewedWindow(Screen, Folder.Root, ["picture.png", .. arguments]);
        window.WaitForState(state => state["stages"]!.AsArray().Count > 0, "it is shown");
        return window;
    }

    private protected static bool Compared(JsonNode state, string with) =>
        state["comparison"] is { } comparison && (string?)comparison["backend"] == with && comparison["different"] is not null;
}
