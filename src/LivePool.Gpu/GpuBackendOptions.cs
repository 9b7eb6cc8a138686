namespace LivePool.Gpu;

/// <summary>How a <see cref="GpuBackend"/> works. The defaults are for use, debug values for who writes shaders; the rest is for tests.</summary>
public sealed record GpuBackendOptions
{
    /// <summary>
    /// Whether GL errors and the driver's messages of high severity make Compile and Run throw. Slows every call down; a
    /// headless context is made with the debug flag.
    /// </summary>
    public bool Debug { get; init; }

    /// <summary>Bytes behind each buffer that nothing may touch, a multiple of 4; checked after each run, which waits for it.</summary>
    public int GuardBytes { get; init; }

    /// <summary>Whether outputs are filled with NaN before each run, so that an element left out shows.</summary>
    public bool PoisonOutputs { get; init; }

    /// <summary>Whether no buffer stays mapped, as on devices that cannot do that.</summary>
    public bool NeverKeepMapped { get; init; }

    /// <summary>Whether what shaders of the user's write by <c>DEBUG(value)</c> is kept; else it is not even compiled.</summary>
    public bool KeepDebugValues { get; init; }

    /// <summary>Limits to keep to; null asks the device.</summary>
    public DeviceLimits? Limits { get; init; }
}
