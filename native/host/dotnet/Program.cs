// Runs a checkerboard through edge24: dotnet run --project native/host/dotnet [-- FOLDER OF liblivepool.so]
using System.Runtime.InteropServices;
using LivePool.Unity;

// bin/Release/net10.0 lies five folders below native.
string folder = args.Length > 0 ? args[0] : Path.Combine(AppContext.BaseDirectory, "../../../../../bin/linux-x64");
string library = Path.GetFullPath(Path.Combine(folder, "liblivepool.so"));
if (!File.Exists(library))
{
    Console.Error.WriteLine($"livepool: there is no {library}; make it with native/build, or give its folder");
    return 1;
}
NativeLibrary.SetDllImportResolver(typeof(LivePoolEngine).Assembly, (name, _, _) => name == "livepool" ? NativeLibrary.Load(library) : 0);

const int Width = 640, Height = 480;
byte[] pixels = new byte[Width * Height];
for (int i = 0; i < pixels.Length; i++)
    pixels[i] = (i % Width / 32 + i / Width / 32) % 2 == 0 ? byte.MinValue : byte.MaxValue;

try
{
    using var engine = new LivePoolEngine("edge24", keepsStages: true);
    for (int i = 0; i < 100; i++)
    {
        // They return false only where another thread is in the engine.
        engine.TrySubmit(pixels, FrameFormat.Gray8, Width, Height);
        engine.TryRun();
    }

    float[] output = engine.Read();
    engine.TryGetShape(out int channels, out int height, out int width);
    EngineTimings timings = engine.Timings;
    Console.WriteLine($"LivePool {LivePoolEngine.Version}: [1, {channels}, {height}, {width}], from {output.Min()} to {output.Max()}");
    Console.WriteLine($"{timings.Run} frames; the last took {timings.SubmitMilliseconds:F3} ms to submit and {timings.RunMilliseconds:F3} ms to run");
    for (int stage = 0; stage < engine.StageCount; stage++)
        Console.WriteLine($"stage {stage}: {engine.StageMilliseconds(stage):F3} ms");
    return 0;
}
catch (LivePoolException e)
{
    Console.Error.WriteLine($"livepool: {e.Message}");
    return 1;
}
