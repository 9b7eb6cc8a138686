using Xunit.Sdk;
using Xunit.v3;

// There is one host in a process.
[assembly: Parallelization(Mode = ParallelMode.None)]
