using System.Text;

namespace LivePool.Plugin;

/// <summary>
/// Finishes the runtime's start while one thread is in the library. A lock reads its settings from the environment when two
/// threads first meet at it; if they meet in the class constructors that this needs, each finds the other's unfinished, and
/// the process ends.
/// </summary>
internal static class RuntimeStart
{
    public static void Finish()
    {
        _ = Environment.GetEnvironmentVariable(Encoding.UTF8.GetString("PATH"u8));
        var gate = new Lock();
        bool isWaiting = false;
        var other = new Thread(() =>
        {
            Volatile.Write(ref isWaiting, true);
            lock (gate)
            {
            }
        });
        lock (gate)
        {
            other.Start();
            while (!Volatile.Read(ref isWaiting))
                Thread.Sleep(0);
            // It is at the lock now, or will be.
            Thread.Sleep(1);
        }
        other.Join();
    }
}
