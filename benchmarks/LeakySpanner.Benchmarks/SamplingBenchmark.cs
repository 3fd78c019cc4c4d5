using System.Globalization;
using LeakySpanner.Testing.Live;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>
/// What allocation sampling costs the program, in its own CPU time, beside tracemalloc and memray; and how soon a leak stands out of churn.
/// Programs with and without are alive at once and take turns, and are started anew several times, because where a process lies in memory alone is
/// worth some percent. The figure is the median of the ratios within rounds.
/// </summary>
internal static class SamplingBenchmark
{
    private static readonly (string Title, string Work, double Asked)[] Works = [("pure Python", "pure 300", 1.05), ("json loads and dumps", "json 500", 1.04)];

    private static readonly string[] Server = ["--http", "h11", "--loop", "asyncio"];

    /// <param name="arguments">[STARTS [ROUNDS]], at least seven pairs together; "cpu", "server" or "leak" for that part alone.</param>
    public static int Run(string[] arguments)
    {
        var numbers = arguments.Where(argument => int.TryParse(argument, out _)).Select(argument => int.Parse(argument, CultureInfo.InvariantCulture)).ToArray();
        var (starts, rounds) = (numbers.ElementAtOrDefault(0) is > 0 and var s ? s : 7, numbers.ElementAtOrDefault(1) is > 0 and var r ? r : 5);
        bool Wanted(string part) => arguments.Contains(part) || !arguments.Except(numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))).Any();
        if (Wanted("cpu"))
        {
            Compare("CPython 3.11 of Debian 12", SamplingTargets.Own, sid: false, starts, rounds);
            if (SamplingTargets.MemrayRoot is not null)
                Compare("CPython of Debian sid", SamplingTargets.Sid, sid: true, starts, rounds);
            else
                Console.WriteLine("memray: no root with python3-memray (LEAKYSPANNER_MEMRAY_ROOT): not compared");
        }

        if (Wanted("server"))
            ServeAsync(starts, rounds).GetAwaiter().GetResult();
        if (Wanted("leak"))
            LeakBenchmark.Run();
        return 0;
    }

    private static void Compare(string title, string[] names, bool sid, int starts, int rounds)
    {
        var ratios = Works.Select(_ => names.Select(_ => new List<double>()).ToArray()).ToArray();
        var plain = Works.Select(_ => new List<double>()).ToArray();
        var grown = names.Select(_ => new List<double>()).ToArray();
        var hold = names.Select(_ => new List<double>()).ToArray();
        for (var start = 0; start < starts; start++)
        {
            using var targets = SamplingTargets.Start(names, sid);
            for (var work = 0; work < Works.Length; work++)
            {
                targets.Ask(Works[work].Work, 0);
                for (var round = 0; round < rounds; round++)
                {
                    var answers = targets.Ask(Works[work].Work, round);
                    plain[work].Add(answers[0].Cpu);
                    for (var i = 0; i < names.Length; i++)
                        ratios[work][i].Add(answers[i].Cpu / answers[0].Cpu);
                }
            }

            var held = targets.Ask("hold 1000000", start);
            for (var i = 0; i < names.Length; i++)
            {
                grown[i].Add((held[i].Grown - held[0].Grown) / 1e6);
                hold[i].Add(held[i].Cpu / held[0].Cpu);
            }
        }

        for (var work = 0; work < Works.Length; work++)
        {
            Console.WriteLine($"{Works[work].Title}, {title}, {F(Median(plain[work]), "0.000")} s of CPU alone, {starts} starts of {rounds} rounds:");
            for (var i = 1; i < names.Length; i++)
            {
                var sorted = ratios[work][i].Order().ToArray();
                Console.WriteLine($"  {names[i]}: {F(Median(sorted), "0.000")} times (asked: {F(Works[work].Asked)}; middle half {F(sorted[sorted.Length / 4], "0.000")} to {F(sorted[sorted.Length * 3 / 4], "0.000")})");
            }
        }

        Console.WriteLine($"a million records built and held, {title}, {starts} starts:");
        for (var i = 1; i < names.Length; i++)
            Console.WriteLine($"  {names[i]}: {F(Median(hold[i]))} times the CPU time, {F(Median(grown[i]), "0.0")} MB more (asked: 8)");
    }

    /// <summary>FastAPI under uvicorn at full load: requests per CPU second.</summary>
    private static async Task ServeAsync(int starts, int rounds)
    {
        var ratios = new Dictionary<string, List<double>> { ["/query/item-7"] = [], ["/orders/ada"] = [] };
        for (var start = 0; start < starts; start++)
        {
            var server = WebServer.Uvicorn(Server);
            await using var plain = await WebService.StartAsync(server, "measured_app:app", Targets);
            await using var tool = await WebService.StartAsync(server with { Launcher = SamplingTargets.Tool(128) }, "measured_app:app", Targets);
            int[] pids = [plain.Process.Pid, Processes.Descendants(tool.Process.Pid).Single()];
            foreach (var (path, found) in ratios)
            {
                Uri[] urls = [new($"http://127.0.0.1:{plain.Port}{path}"), new($"http://127.0.0.1:{tool.Port}{path}")];
                foreach (var url in urls)
                    await Wrk.RunAsync(url, 2);
                for (var round = 0; round < rounds; round++)
                {
                    var costs = new double[2];
                    for (var i = 0; i < 2; i++)
                    {
                        var turn = (i + round) % 2;
                        var before = Processes.CpuOfThreads(pids[turn]);
                        var load = await Wrk.RunAsync(urls[turn], 1);
                        costs[turn] = (Processes.CpuOfThreads(pids[turn]) - before).TotalMicroseconds / load.Requests;
                    }

                    found.Add(costs[0] / costs[1]);
                }
            }
        }

        foreach (var (path, found) in ratios)
        {
            var sorted = found.Order().ToArray();
            Console.WriteLine($"FastAPI {path} under uvicorn, requests per CPU second: {F(Median(sorted), "0.000")} times (asked: 0.98; middle half {F(sorted[sorted.Length / 4], "0.000")} to {F(sorted[sorted.Length * 3 / 4], "0.000")}), {sorted.Length} rounds");
        }
    }

    private static string Targets { get; } = Path.Combine(PythonScript.Root(), "benchmarks", "targets");
}
