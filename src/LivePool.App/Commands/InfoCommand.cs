using System.CommandLine;
using System.Runtime.InteropServices;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Cpu.Simd;
using LivePool.Frames.V4l2;
using LivePool.Gpu;
using LivePool.Shaders;
using Silk.NET.OpenGL;
using Silk.NET.Windowing;
using SkiaSharp;
using Spectre.Console;

namespace LivePool.App.Commands;

/// <summary>What this machine has: versions, the window's provider, GL and its limits, vector width, cameras.</summary>
internal static class InfoCommand
{
    public static Command Create(CommonOptions options)
    {
        var command = new Command("info", "Tells what runs here: versions, window provider, GL, limits, vector width, cameras.");
        command.Add(options.Shaders);
        command.SetAction(parsed =>
        {
            Run(parsed.GetValue(options.Shaders));
            return 0;
        });
        return command;
    }

    private static void Run(string? shaders)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn(new GridColumn());
        Add("livepool", Versions.Program);
        Add("runtime", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        Add("system", $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors");
        Add("vectors", SimdBackend.WidestVectorBits == 32 ? "none" : $"{SimdBackend.WidestVectorBits} bits");
        Add("window provider", $"{typeof(Window).Assembly.GetName().Name} {Versions.Of(typeof(Window).Assembly)}");
        Add("Silk.NET.OpenGL", Versions.Of(typeof(GL).Assembly));
        Add("SkiaSharp", Versions.Of(typeof(SKCanvas).Assembly));
        try
        {
            AddGl(ShaderFolder.Locate(shaders));
        }
        catch (BackendUnavailableException e)
        {
            Add("GL", $"not there: {e.Message}");
        }
        AddCameras();
        AnsiConsole.Profile.Width = Console.IsOutputRedirected ? int.MaxValue / 2 : AnsiConsole.Profile.Width;
        AnsiConsole.Write(grid);

        void AddGl(ShaderFolder folder)
        {
            using GpuBackend gpu = GpuBackend.CreateHeadless(folder);
            DeviceInfo device = gpu.Device;
            DeviceLimits limits = gpu.Limits;
            Add("GL vendor", device.Vendor);
            Add("GL renderer", device.Renderer);
            Add("GL version", device.Version);
            Add("GL software", device.IsSoftware ? "yes: a processor acting as a GPU" : "no");
            Add("work groups", $"{limits.WorkGroupCountX} x {limits.WorkGroupCountY} x {limits.WorkGroupCountZ}");
            Add("work group", $"{limits.WorkGroupInvocations} invocations, {limits.SharedMemoryBytes} bytes shared");
            Add("storage block", $"{limits.StorageBlockBytes} bytes, {limits.StorageBlocks} per shader");
            Add("texture", $"{limits.TextureSize} a side");
            Add("shaders", folder.Root);
        }

        void AddCameras()
        {
            IReadOnlyList<Camera> cameras = Cameras.List();
            if (cameras.Count == 0)
                Add("cameras", OperatingSystem.IsLinux() ? "none" : "not listed on this system; ffmpeg's devices are taken by name");
            foreach (Camera camera in cameras)
            {
                Add(camera.Path, camera.Failure ?? $"{camera.Name}, {camera.Bus}");
                foreach (OfferedModes format in camera.Formats)
                    Add($"{camera.Path} {format.Name}", $"{(format.IsRead ? "" : "not read here: ")}{string.Join("; ", format.Sizes.Select(Describe))}");
            }
        }

        static string Describe(CameraSize size) => size.Rates.Length == 0 ? size.Size : $"{size.Size} at {size.Rates} fps";

        void Add(string name, string value) => grid.AddRow(new Text(name), new Text(value));
    }
}
