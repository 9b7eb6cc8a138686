using BenchmarkDotNet.Running;
using LivePool.Benchmarks.Peers;

if (args is [PeersCommand.Name, ..])
    return PeersCommand.Run(args);
BenchmarkSwitcher.FromAssembly(typeof(PeersCommand).Assembly).Run(args);
return 0;
