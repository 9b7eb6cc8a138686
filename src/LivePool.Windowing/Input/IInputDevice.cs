namespace Silk.NET.Input;

/// <summary>Something to give input with.</summary>
public interface IInputDevice
{
    /// <summary>What it is called.</summary>
    string Name { get; }

    /// <summary>Its place in the list of devices of its kind.</summary>
    int Index { get; }

    /// <summary>It can give input.</summary>
    bool IsConnected { get; }
}
