using System.Text.Json;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Cpu.Reference;
using LivePool.Cpu.Simd;
using LivePool.Gpu;
using LivePool.Shaders;

namespace LivePool.App;

internal static class BackendNames
{
    public const string Auto = "auto";
    public const string Gpu = "gpu";
    public const string Simd = "simd";
    public const string Reference = "reference";

    /// <summary>Those that compute, in the order in which B goes through them.</summary>
    public static IReadOnlyList<string> All { get; } = [Gpu, Simd, Reference];
}

/// <summary>A backend and why it is this one. Asking for a backend is binding; only <c>auto</c> falls back.</summary>
/// <param name="Backend">Who computes.</param>
/// <param name="Requested">What was asked for.</param>
/// <param name="Reason">Why <c>auto</c> did not take the GPU; null otherwise.</param>
internal sealed record ChosenBackend(IBackend Backend, string Requested, string? Reason) : IDisposable
{
    private static readonly GpuBackendOptions _checked = new() { Debug = true, GuardBytes = 4096, PoisonOutputs = true };

    /// <summary>Chooses for a program without a window, where the GPU gets a context of its own.</summary>
    /// <exception cref="BackendUnavailableException">The GPU was asked for by name and is not there.</exception>
    public static ChosenBackend Choose(string requested, int threads, string? shaders, Pipeline? pipeline = null, bool isChecked = false) =>
        Choose(requested, threads, () => GpuBackend.CreateHeadless(ShaderFolder.Locate(shaders), isChecked ? _checked : null), pipeline);

    /// <summary>Chooses, with the caller's way to make the GPU's backend.</summary>
    /// <exception cref="BackendUnavailableException">The GPU was asked for by name and is not there.</exception>
    public static ChosenBackend Choose(string requested, int threads, Func<GpuBackend> createGpu, Pipeline? pipeline = null) => requested switch
    {
        BackendNames.Gpu => new(Create(createGpu, pipeline), requested, null),
        BackendNames.Simd => new(new SimdBackend(threads), requested, null),
        BackendNames.Reference => new(new ReferenceBackend(), requested, null),
        // Nothing else runs its shaders.
        _ when pipeline is { HasShaders: true } => new(Create(createGpu, pipeline), requested, null),
        _ => ChooseAutomatically(requested, threads, createGpu),
    };

    /// <summary>Why there is no GPU, without the advice to take another backend: for what no other backend runs.</summary>
    public static BackendUnavailableException WithoutAnother(BackendUnavailableException e) =>
        new(e.Message.Replace(BackendUnavailableException.OrSimd, "", StringComparison.Ordinal), e);

    private static GpuBackend Create(Func<GpuBackend> createGpu, Pipeline? pipeline)
    {
        try
        {
            return createGpu();
        }
        catch (BackendUnavailableException e) when (pipeline is not null && pipeline.Stages.Any(stage => stage is FreeStage))
        {
            throw WithoutAnother(e);
        }
    }

    private static ChosenBackend ChooseAutomatically(string requested, int threads, Func<GpuBackend> createGpu)
    {
        string reason;
        try
        {
            GpuBackend gpu = createGpu();
            if (!gpu.Device.IsSoftware)
                return new(gpu, requested, null);
            reason = $"no hardware GPU: {gpu.Device.Renderer} runs on the processor, where SIMD is faster; --backend gpu takes it all the same";
            gpu.Dispose();
        }
        catch (BackendUnavailableException e)
        {
            reason = $"no GPU: {(e.Message.StartsWith("gpu: ", StringComparison.Ordinal) ? e.Message[5..] : e.Message)}";
        }
        return new(new SimdBackend(threads), requested, reason);
    }

    /// <summary>One line for people: <c>simd: 256-bit vectors, 2 threads</c>.</summary>
    public string Describe() => $"{Backend.Name}: {Backend.Device.Renderer}";

    /// <summary>The backend as a property of an object that is open.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        DeviceInfo device = Backend.Device;
        writer.WriteStartObject("backend");
        writer.WriteString("name", Backend.Name);
        writer.WriteString("requested", Requested);
        if (Reason is not null)
            writer.WriteString("reason", Reason);
        writer.WriteString("vendor", device.Vendor);
        writer.WriteString("renderer", device.Renderer);
        writer.WriteString("version", device.Version);
        writer.WriteBoolean("software", device.IsSoftware);
        writer.WriteEndObject();
    }

    public void Dispose() => Backend.Dispose();
}
