using LeakySpanner.Benchmarks.Verdicts;

return args switch
{
    ["verdict", .. var rest] => VerdictBenchmark.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: LeakySpanner.Benchmarks verdict [SEED ...]");
    return 2;
}
