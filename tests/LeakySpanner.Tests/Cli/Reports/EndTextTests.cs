using System.Text.Json;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Reports;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Reports;

public sealed class EndTextTests
{
    private static readonly ProcessEnd Killed = new(
        EndKind.OutOfMemory, new DateTimeOffset(2026, 3, 1, 14, 3, 12, TimeSpan.Zero), TimeSpan.FromSeconds(12.34), null, "SIGKILL",
        ByteSize.FromMB(118), ByteSize.FromMB(128), "cgroup v2 memory.max of /shop");

    [Fact]
    public void A_kill_for_memory_is_told_with_time_and_limit() => EndText.Of(Killed).ShouldBe(
        "the kernel killed it for want of memory at 14:03:12, 12 s into the watch, with 118 MB resident, its limit being 128 MB (cgroup v2 memory.max of /shop)");

    [Fact]
    public void What_is_only_inferred_is_said_to_be() => EndText.Of(Killed with { IsInferred = true }).ShouldContain("as far as can be told");

    [Fact]
    public void An_exit_has_its_code_and_who_lives_on() =>
        EndText.Of(Killed with { Kind = EndKind.Exited, ExitCode = 3, Signal = null, Limit = null, LimitSource = null, Heirs = [41, 42] }).ShouldBe(
            "it ended by itself with exit code 3 at 14:03:12, 12 s into the watch, with 118 MB resident; processes that it had started live on: 41, 42");

    [Fact]
    public void A_new_program_is_named() =>
        EndText.Of(Killed with { Kind = EndKind.Replaced, Successor = "nginx -g daemon" }).ShouldEndWith("with 118 MB resident; now it runs: nginx -g daemon");

    [Fact]
    public void A_number_that_was_given_away_is_told() =>
        EndText.Of(Killed with { Kind = EndKind.Signalled, Successor = "nginx" }).ShouldEndWith("; its number belongs to another process now: nginx");

    [Fact]
    public void A_diagnosis_says_it_below_its_verdict_and_in_JSON()
    {
        var text = DiagnosisTextTests.Render(Diagnoses.Leak with { End = Killed });
        using var json = JsonDocument.Parse(ReportJson.Of(Diagnoses.Leak with { End = Killed }));

        text.Replace("\n", " ", StringComparison.Ordinal).ShouldContain("ENDED  the kernel killed it");
        var ended = json.RootElement.GetProperty("ended");
        ended.GetProperty("kind").GetString().ShouldBe("out_of_memory");
        ended.GetProperty("limit_bytes").GetInt64().ShouldBe(128 * ByteSize.MB);
        ended.GetProperty("at").GetString().ShouldStartWith("2026-03-01T14:03:12");
    }
}
