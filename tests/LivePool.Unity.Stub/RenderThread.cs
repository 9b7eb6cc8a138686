using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace LivePool.Unity.Stub;

/// <summary>Unity's render thread and its device: it does what the main thread issues, in order and later.</summary>
public sealed class RenderThread : IDisposable
{
    private static RenderThread? _current;

    private readonly BlockingCollection<Action> _work = [];
    private readonly List<Action> _late = [];
    private readonly Thread _thread;
    private ITextureDevice? _device;
    private ExceptionDispatchInfo? _failure;

    /// <param name="createDevice">Called on the thread; it is where a GL context becomes current.</param>
    public RenderThread(Func<ITextureDevice> createDevice)
    {
        _thread = new Thread(() =>
        {
            foreach (Action action in _work.GetConsumingEnumerable())
                Try(action);
        })
        { Name = "Unity's render thread", IsBackground = true };
        _thread.Start();
        _current = this;
        Issue(() => _device = createDevice());
        Wait();
    }

    public static RenderThread Current => _current ?? throw new InvalidOperationException("there is no render thread; make one first");

    /// <summary>Whether what is issued waits until something waits for the thread, as it does where the thread is a frame behind.</summary>
    public bool IsBehind { get; set; }

    /// <summary>How often native pointers were asked for, which is slow.</summary>
    public int PointersAsked { get; set; }

    /// <summary>How often a picture went to or came from the CPU.</summary>
    public int Copies { get; set; }

    public void Issue(Action action)
    {
        if (IsBehind)
            _late.Add(action);
        else
            _work.Add(action);
    }

    public void Issue(Action<ITextureDevice> action) => Issue(() => action(_device!));

    /// <summary>Waits until all that was issued is done.</summary>
    public void Wait()
    {
        foreach (Action action in _late)
            _work.Add(action);
        _late.Clear();
        using var done = new ManualResetEventSlim();
        _work.Add(done.Set);
        done.Wait();
        ThrowFailure();
    }

    /// <summary>Does something on the thread after all that was issued, and waits for it.</summary>
    public T Ask<T>(Func<ITextureDevice, T> function)
    {
        Wait();
        T? result = default;
        _work.Add(() => Try(() => result = function(_device!)));
        Wait();
        return result!;
    }

    public void Dispose()
    {
        Wait();
        _work.Add(() => Try(_device!.Dispose));
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
        _current = null;
        ThrowFailure();
    }

    private void ThrowFailure()
    {
        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        failure?.Throw();
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            _failure ??= ExceptionDispatchInfo.Capture(e);
        }
    }
}
