namespace LivePool.Core.Backends;

/// <summary>Which stages' outputs can be read after a run.</summary>
public enum StageOutputs
{
    /// <summary>Every stage's.</summary>
    All,

    /// <summary>The last stage's only, so that stages before it may be fused and never be written to memory.</summary>
    Last,
}
