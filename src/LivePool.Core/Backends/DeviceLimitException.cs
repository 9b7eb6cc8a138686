namespace LivePool.Core.Backends;

/// <summary>The device's limits, or its memory or threads, do not allow what another device might.</summary>
public sealed class DeviceLimitException(string message, Exception? innerException = null) : LivePoolException(message, innerException);
