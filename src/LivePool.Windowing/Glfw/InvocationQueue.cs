using System.Reflection;
using System.Runtime.ExceptionServices;

namespace LivePool.Windowing;

/// <summary>Delegates that other threads want called on the window's thread.</summary>
internal sealed class InvocationQueue
{
    private readonly Lock _gate = new();
    private readonly Queue<Invocation> _waiting = new();
    private bool _isOpen;

    public void Open()
    {
        lock (_gate)
            _isOpen = true;
    }

    /// <summary>Accepts no more, and fails those that wait.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isOpen = false;
            while (_waiting.TryDequeue(out Invocation? invocation))
                invocation.Result.SetException(Closed());
        }
    }

    /// <exception cref="InvalidOperationException">The window is not initialized.</exception>
    public Task<object?> Add(Delegate target, object[] arguments)
    {
        var result = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_isOpen)
                throw Closed();
            _waiting.Enqueue(new Invocation(target, arguments, result));
        }

        return result.Task;
    }

    /// <summary>Calls those that wait. What they throw goes to those who added them.</summary>
    public void Run()
    {
        while (true)
        {
            Invocation? invocation;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out invocation))
                    return;
            }

            try
            {
                invocation.Result.SetResult(Call(invocation.Target, invocation.Arguments));
            }
            catch (Exception exception)
            {
                invocation.Result.SetException(exception);
            }
        }
    }

    public static object? Call(Delegate target, object[] arguments)
    {
        if (target is Action action)
        {
            action();
            return null;
        }

        try
        {
            return target.DynamicInvoke(arguments);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is not null)
        {
            ExceptionDispatchInfo.Throw(exception.InnerException);
            throw;
        }
    }

    private static InvalidOperationException Closed() =>
        new("The window is not open, so nothing can be called on its thread: call Initialize() before, Reset() after.");

    private sealed record Invocation(Delegate Target, object[] Arguments, TaskCompletionSource<object?> Result);
}
