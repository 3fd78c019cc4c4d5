using LeakySpanner.Benchmarks;
using LeakySpanner.Benchmarks.Costs;
using LeakySpanner.Benchmarks.Scans;
using LeakySpanner.Benchmarks.Verdicts;

return args switch
{
    ["census", .. var rest] => CensusBenchmark.Run(rest),
    ["allocations", .. var rest] => AllocationsBenchmark.Run(rest),
    ["snapshot", .. var rest] => SnapshotBenchmark.Run(rest),
    ["watch-cpu", .. var rest] => WatchCpuBenchmark.Run(rest),
    ["verdict", .. var rest] => VerdictBenchmark.Run(rest),
    ["cost", .. var rest] => CostBenchmark.Run(rest),
    ["disturb", .. var rest] => DisturbBenchmark.Run(rest),
    ["shim", .. var rest] => ShimBenchmark.Run(rest),
    ["sidecar-idle", .. var rest] => SidecarIdleBenchmark.Run(rest),
    ["chaos", .. var rest] => ChaosBenchmark.Run(rest),
    ["race", .. var rest] => RaceBenchmark.Run(rest),
    ["soak", .. var rest] => SoakBenchmark.Run(rest),
    ["sampling", .. var rest] => SamplingBenchmark.Run(rest),
    ["startup"] => StartupBenchmark.Run(),
    ["logs", .. var rest] => LogsBenchmark.Run(rest),
    ["scan", .. var rest] => ScanBenchmark.Run(rest),
    ["scan-mutants", .. var rest] => ScanMutantsCommand.Run(rest),
    ["fuzz", .. var rest] => FuzzCommand.Run(rest),
    ["record", .. var rest] => await RecordCommand.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: LeakySpanner.Benchmarks census [RECORDS] [tracemalloc] | allocations [RECORDS] | snapshot [RECORDS [ROUNDS]] | watch-cpu [RECORDS [CENSUSES [SECONDS]]] | disturb [PAIRS] | shim [STARTS [ROUNDS [fast]]] | sidecar-idle [SECONDS] | chaos [REQUESTS [STOPPED_SECONDS]] | race [RECORDS] | soak [CENSUSES] | sampling [STARTS [ROUNDS]] [cpu] [server] [leak] | startup | logs [MEGABYTES] | verdict [SEED ...] | cost [SEED ...] | scan [FOLDER] | scan-mutants [FILES [FOLDER]] | fuzz [WRONG_READS [SEED]] | record [PYTHON ...]");
    return 2;
}
