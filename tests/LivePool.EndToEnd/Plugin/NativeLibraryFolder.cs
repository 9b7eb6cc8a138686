using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LivePool.Testing;
using LivePool.Unity;

namespace LivePool.EndToEnd.Plugin;

/// <summary>Where native/build puts the library, which the binding is told.</summary>
internal static class NativeLibraryFolder
{
    public static string Path { get; } = Repository.PathOf("native", "bin", "linux-x64");

    [ModuleInitializer]
    internal static void Resolve() => NativeLibrary.SetDllImportResolver(typeof(LivePoolEngine).Assembly,
        (name, _, _) => name == "livepool" ? NativeLibrary.Load(System.IO.Path.Combine(Path, "liblivepool.so")) : 0);
}
