using System.Text.Json;
using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests.Versions;

/// <summary>A census of a process at rest counts what its interpreter counts: all of it, in every version.</summary>
public sealed class CensusTruthTests
{
    /// <summary>
    /// Types of which the collector leaves some objects out, so that it cannot be asked: tuples, dicts, frozen sets, context variables and capsules
    /// that hold nothing that could be in a cycle, frames that run. Most are compared by what was built.
    /// </summary>
    private static readonly string[] PartlyTracked = ["tuple", "dict", "frame", "frozenset", "_contextvars.ContextVar", "PyCapsule"];

    private static readonly TimeSpan LongestWork = TimeSpan.FromSeconds(60);

    [PythonTheory]
    public async Task Counts_by_type_are_those_of_the_interpreter(string name)
    {
        using var script = new ScriptProcess(InstalledPython.Named(name), Path.Combine(AppContext.BaseDirectory, "Targets", "at_rest.py"));
        var tracked = Counts(await script.ReceiveAsync());
        using var target = TargetProcess.Open(script.Pid);
        var taker = new CensusTaker(PythonProcess.Attach(target));

        await RestsAsync(script);
        var before = taker.Take(TimeSpan.Zero);
        var built = Counts(await script.AskAsync(""));
        await RestsAsync(script);
        var after = taker.Take(TimeSpan.Zero);

        before.Coverage.Faults.ShouldBeEmpty();
        tracked.Values.Sum().ShouldBeGreaterThan(10_000);
        Wrong(tracked.Where(row => !PartlyTracked.Contains(row.Key)), type => CountOf(before, type)).ShouldBeEmpty();
        tracked.Where(row => CountOf(before, row.Key) < row.Value).ShouldBeEmpty();

        built.Count.ShouldBeGreaterThan(30);
        Wrong(built, type => CountOf(after, type) - CountOf(before, type)).ShouldBeEmpty();
    }

    /// <summary>It has answered and waits for input: what it needed to answer is gone.</summary>
    private static Task RestsAsync(ScriptProcess script) =>
        Eventually.BecomesTrueAsync(() => Processes.State(script.Pid) == 'S', LongestWork, () => "the script does not come to rest");

    private static Dictionary<string, long> Counts(string json) => JsonSerializer.Deserialize<Dictionary<string, long>>(json)!;

    private static long CountOf(HeapCensus census, string type) => census.Types.Where(row => row.Name == type).Sum(row => row.Count);

    private static string[] Wrong(IEnumerable<KeyValuePair<string, long>> truth, Func<string, long> counted) =>
        [.. truth.Where(row => counted(row.Key) != row.Value).Select(row => $"{row.Key}: {counted(row.Key)}, where Python says {row.Value}")];
}
