namespace LivePool.Benchmarks.Contenders;

/// <summary>Someone who does a case's work.</summary>
internal interface IContender : IDisposable
{
    /// <summary>Does it once.</summary>
    void Run();

    /// <summary>What the last run came to, in the shape of the case's output, row-major.</summary>
    float[] Output();
}
