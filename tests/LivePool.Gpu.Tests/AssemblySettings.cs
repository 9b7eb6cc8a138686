using Xunit.Sdk;
using Xunit.v3;

// llvmpipe already uses every core, and timings and allocations are measured.
[assembly: Parallelization(Mode = ParallelMode.None)]
