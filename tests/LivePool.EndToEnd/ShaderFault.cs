using LivePool.Testing;

namespace LivePool.EndToEnd;

/// <summary>A copy of the shaders with a fault planted into it.</summary>
internal static class ShaderFault
{
    /// <summary>Copies the shaders and replaces a text that must be there exactly once.</summary>
    /// <returns>The copy's folder.</returns>
    public static string Plant(TemporaryFolder folder, string file, string text, string replacement)
    {
        string target = folder["shaders"];
        foreach (string path in Directory.GetFiles(Repository.PathOf("shaders"), "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(Repository.PathOf("shaders"), path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy, overwrite: true);
        }
        string faulty = Path.Combine(target, file);
        string source = File.ReadAllText(faulty);
        Assert.Equal(2, source.Split(text).Length);
        File.WriteAllText(faulty, source.Replace(text, replacement, StringComparison.Ordinal));
        return target;
    }

    /// <summary>A convolution whose output row 9 is a thousandth too large.</summary>
    public static string PlantInConv2d(TemporaryFolder folder) => Plant(
        folder, Path.Combine("conv", "conv2d.comp"), "y[start + k] = sum[k];", "y[start + k] = position.y == 9 ? 1.001 * sum[k] : sum[k];");

    /// <summary>A max pool where the last of equal maxima wins.</summary>
    public static string PlantInMaxPool2d(TemporaryFolder folder) => Plant(
        folder, Path.Combine("include", "maximum.glsl"), "value > best || isNaN(value)", "value >= best || isNaN(value)");
}
