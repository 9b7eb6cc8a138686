using System.Collections.Immutable;
using LivePool.App.Measuring;
using LivePool.Core.Backends;

namespace LivePool.App.View.Counting;

/// <summary>What values one run of a pipeline came to.</summary>
/// <param name="Compiled">What was run; by now it may have been disposed of.</param>
/// <param name="Input">The frame's values.</param>
/// <param name="Stages">Each stage's values, all channels together.</param>
internal sealed record ValueReport(ICompiledPipeline Compiled, ValueStatistics Input, ImmutableArray<ValueStatistics> Stages);
