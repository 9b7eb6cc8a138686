using LivePool.Core;

namespace LivePool.Gpu;

/// <summary>The device's limits or memory do not allow what another device might.</summary>
public sealed class DeviceLimitException(string message) : LivePoolException(message);
