namespace LivePool.Core;

/// <summary>
/// Something the user gave cannot be used. <see cref="Exception.Message"/> is one line: what, where, what to do.
/// The program ends with exit code 2.
/// </summary>
public class LivePoolException : Exception
{
    /// <summary>Creates the exception with a one-line message.</summary>
    public LivePoolException(string message) : base(message) { }

    /// <summary>Creates the exception with a one-line message and the reason behind it.</summary>
    public LivePoolException(string message, Exception? innerException) : base(message, innerException) { }
}

/// <summary>A backend or device that was asked for is not there. The program ends with exit code 3.</summary>
public sealed class BackendUnavailableException : LivePoolException
{
    /// <summary>Creates the exception with a one-line message.</summary>
    public BackendUnavailableException(string message) : base(message) { }

    /// <summary>Creates the exception with a one-line message and the reason behind it.</summary>
    public BackendUnavailableException(string message, Exception? innerException) : base(message, innerException) { }
}
