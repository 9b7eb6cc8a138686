namespace LivePool.App.Recording;

/// <summary>
/// Recordings that have ended and are still being written, each on a thread of its own, so that whoever shows frames goes on.
/// Nothing is lost: disposing waits for them.
/// </summary>
internal sealed class EndingRecordings : IDisposable
{
    private readonly Queue<Task<string>> _ending = new();

    /// <summary>Whether one is still being written.</summary>
    public bool IsBusy => _ending.Count > 0;

    /// <summary>Ends a recording; returns at once.</summary>
    /// <param name="recorder">Nobody's from now on.</param>
    public void End(FrameRecorder recorder) => _ending.Enqueue(Task.Factory.StartNew(recorder.Finish, TaskCreationOptions.LongRunning));

    /// <summary>What became of the next one that is written; null while there is none. Does not wait.</summary>
    public string? TakeMessage() => _ending.TryPeek(out Task<string>? first) && first.IsCompleted ? _ending.Dequeue().GetAwaiter().GetResult() : null;

    /// <summary>Waits for all of them, and writes what became of them.</summary>
    public void Dispose()
    {
        while (_ending.TryDequeue(out Task<string>? ending))
            Console.Out.WriteLine(ending.GetAwaiter().GetResult());
    }
}
