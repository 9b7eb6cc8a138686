using System.Runtime.InteropServices;
using LivePool.Cpu.Simd;

namespace LivePool.Cpu.Tests.Simd;

/// <summary>The default vectors are what the processor has and what the runtime's switches leave of it.</summary>
public sealed class VectorBitsTests
{
    private static bool IsOff(string name) => Environment.GetEnvironmentVariable(name) is { } value &&
        value.Length > 0 && value.All(character => character == '0');

    private static bool ProcessorHas(string flag) => File.ReadLines("/proc/cpuinfo")
        .First(line => line.StartsWith("flags", StringComparison.Ordinal)).Split(' ').Contains(flag);

    private static void SkipUnlessX64Linux() => Assert.SkipUnless(
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64,
        "the switches are x64's, and the processor's flags are read from /proc/cpuinfo");

    [Fact]
    public void The_default_width_is_what_the_switches_leave()
    {
        SkipUnlessX64Linux();
        int widest = IsOff("DOTNET_EnableHWIntrinsic") ? 32
            : IsOff("DOTNET_EnableAVX") || IsOff("DOTNET_EnableAVX2") || !ProcessorHas("avx2") ? 128
            : 256;
        using var backend = new SimdBackend();

        // A 512-bit processor may still prefer 256 bits.
        bool mayBe512 = widest == 256 && !IsOff("DOTNET_EnableAVX512") && ProcessorHas("avx512f");
        Assert.True(backend.VectorBits == widest || (mayBe512 && backend.VectorBits == 512),
            $"{backend.VectorBits} bits; the switches leave {widest}");
        Assert.Equal(SimdBackend.WidestVectorBits, backend.VectorBits);
        Assert.Contains(widest == 32 ? "no vectors" : $"{backend.VectorBits}-bit vectors", backend.Device.Renderer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "1 thread")]
    [InlineData(3, "3 threads")]
    public void The_device_says_how_many_threads(int threads, string text)
    {
        using var backend = new SimdBackend(threads);
        Assert.EndsWith(text, backend.Device.Renderer, StringComparison.Ordinal);
    }
}
