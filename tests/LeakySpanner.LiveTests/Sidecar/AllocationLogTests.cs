using System.Globalization;
using System.Text.Json;
using Shouldly;

namespace LeakySpanner.LiveTests.Sidecar;

/// <summary>Level deep with tracemalloc: the lines that allocated what a real service holds, with every snapshot line and over the service's own port.</summary>
public sealed class AllocationLogTests
{
    /// <summary>kept.append(...) in Targets/grows.py.</summary>
    private const int Line = 14;

    [LiveFact]
    public async Task The_line_that_keeps_memory_stands_first_in_the_log_and_in_the_answer()
    {
        await using var service = await GrowingService.StartAsync([], ("LEAKYSPANNER_LEVEL", "deep"), ("LEAKYSPANNER_TRACEMALLOC", "1"), ("LEAKYSPANNER_LEAK_THRESHOLD_MB", "10000"));
        await service.LoggedAsync("WORKER 0 started");
        for (var i = 0; i < 3; i++)
            await service.Client.GetStringAsync("keep/5");

        // Three times 5 MB and a few objects, in the seed's form.
        var logged = await service.LoggedAsync($@"^\[.*\] RSS=.*\n  ── top allocations ──\n    (?<kilobytes>[\d.]+)KB × (?<count>\d+) +\S*/grows\.py:{Line}\n(    [\d.]+KB × \d+ +\S.*:\d+\n)*");
        while (Kilobytes(logged) < 15 * 1024)
            logged = await service.LoggedAsync($@"^  ── top allocations ──\n    (?<kilobytes>15\d\d\d\.\d)KB × (?<count>\d+) +\S*/grows\.py:{Line}\n");
        Kilobytes(logged).ShouldBe((15 * 1024) + 1, 2);

        using var answer = JsonDocument.Parse(await service.Client.GetStringAsync("api/debug/memory/allocations?limit=1"));
        var first = answer.RootElement.GetProperty("allocations").EnumerateArray().ShouldHaveSingleItem();
        first.GetProperty("file").GetString().ShouldNotBeNull().ShouldEndWith("/grows.py");
        first.GetProperty("line").GetInt32().ShouldBe(Line);
        ((double)first.GetProperty("bytes").GetInt64()).ShouldBe(15 << 20, 4096);
    }

    private static double Kilobytes(System.Text.RegularExpressions.Match match) => double.Parse(match.Groups["kilobytes"].ValueSpan, CultureInfo.InvariantCulture);
}
