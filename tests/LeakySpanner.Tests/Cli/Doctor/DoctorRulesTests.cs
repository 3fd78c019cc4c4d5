using System.Text.Json;
using LeakySpanner.Doctor;
using LeakySpanner.Reports;
using LeakySpanner.Target.Permissions;
using LeakySpanner.Testing.Goldens;
using LeakySpanner.Tests.Cli.Reports;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Doctor;

/// <summary>From facts to findings and what to change; no process is looked at.</summary>
public sealed class DoctorRulesTests
{
    private static readonly Capabilities None = new(0);
    private static readonly Capabilities Trace = new(1 << 19);
    private static readonly SystemCalls AllWork = new(CallOutcome.Works, CallOutcome.Works, CallOutcome.Works);

    private static readonly MachineFacts Root = new(
        new KernelRules("6.1.0-18-amd64", 1, null, true), Of(0, Trace), AllWork, Surroundings.Machine, 213);

    private static readonly MachineFacts Sidecar = new(
        new KernelRules("6.1.0-18-amd64", 1, null, false), Of(65532, None) with { SecurityLabel = "cri-containerd.apparmor.d (enforce)", SeccompMode = 2 }, AllWork, Surroundings.Kubernetes, 4);

    [Fact]
    public void Root_on_the_host_lacks_nothing() =>
        MachineRules.Of(Root).ShouldAllBe(finding => finding.State == FindingState.Works && finding.Remedies.IsEmpty);

    [Fact]
    public void A_sidecar_without_rights_in_Kubernetes() => Golden.Matches("doctor-sidecar", Render(new Examination(MachineRules.Of(Sidecar),
    [
        new ProcessExamination(7, 1, "uvicorn shop_api:app", Diagnoses.Container, null,
        [
            new Finding("state", FindingState.Works, "runs, 3 threads, RSS 120.0 MB"),
            AccessRules.Refused(Sidecar, Of(1000, None), "not permitted"),
        ]),
    ])));

    [Fact]
    public void As_json()
    {
        using var json = JsonDocument.Parse(ReportJson.Of(new Examination(MachineRules.Of(Sidecar), [new ProcessExamination(7, 1, "uvicorn", Diagnoses.Container, null, [])])));
        var root = json.RootElement;

        root.GetProperty("schema").GetString().ShouldBe("leakyspanner.doctor/1");
        root.GetProperty("works").GetBoolean().ShouldBeTrue();
        var scope = root.GetProperty("machine").EnumerateArray().Single(finding => finding.GetProperty("name").GetString() == "ptrace_scope");
        scope.GetProperty("state").GetString().ShouldBe("limited");
        scope.GetProperty("remedies")[0].GetProperty("where").GetString().ShouldBe("kubernetes");
        scope.GetProperty("remedies")[0].GetProperty("lines").EnumerateArray().Select(line => line.GetString()).ShouldContain("    add: [\"SYS_PTRACE\"]");
        root.GetProperty("processes")[0].GetProperty("innermost_pid").GetInt32().ShouldBe(1);
        root.GetProperty("processes")[0].GetProperty("container").GetProperty("id").GetString().ShouldBe(Diagnoses.Container.Id);
    }

    [Theory]
    [InlineData(Surroundings.Machine, "sudo")]
    [InlineData(Surroundings.Container, "--cap-add SYS_PTRACE")]
    [InlineData(Surroundings.Kubernetes, "securityContext")]
    public void What_to_change_is_written_where_the_observer_runs(Surroundings where, string words)
    {
        var finding = AccessRules.Refused(Sidecar with { Where = where }, Of(1000, None), "not permitted");

        finding.State.ShouldBe(FindingState.Broken);
        finding.Text.ShouldContain("it belongs to uid 1000, and we are uid 65532 without SYS_PTRACE");
        finding.Text.ShouldContain("ptrace_scope is 1");
        string.Join('\n', finding.Remedies.SelectMany(remedy => remedy.Lines)).ShouldContain(words);
    }

    [Fact]
    public void A_refusal_that_no_rule_explains_says_what_the_attempt_said()
    {
        AccessRules.Refused(Root, Of(1000, None), "not permitted to read process 7").Text.ShouldBe("not permitted to read process 7");
        AccessRules.Refused(Root, null, "not permitted to read process 7").State.ShouldBe(FindingState.Broken);
    }

    [Theory]
    [InlineData(CallOutcome.Missing, CallOutcome.Works, CallOutcome.Works, "kernel", FindingState.Broken)]
    [InlineData(CallOutcome.Works, CallOutcome.Missing, CallOutcome.Works, "kernel", FindingState.Note)]
    [InlineData(CallOutcome.Refused, CallOutcome.Works, CallOutcome.Works, "seccomp", FindingState.Broken)]
    [InlineData(CallOutcome.Works, CallOutcome.Works, CallOutcome.Refused, "seccomp", FindingState.Limited)]
    public void A_call_that_does_not_come_through(CallOutcome read, CallOutcome pin, CallOutcome pause, string name, FindingState state)
    {
        var findings = MachineRules.Of(Root with { Calls = new SystemCalls(read, pin, pause) });

        findings.Single(finding => finding.State != FindingState.Works).ShouldSatisfyAllConditions(
            finding => finding.Name.ShouldBe(name), finding => finding.State.ShouldBe(state));
    }

    [Theory]
    [InlineData(2, FindingState.Broken)]
    [InlineData(1, FindingState.Limited)]
    [InlineData(0, FindingState.Works)]
    [InlineData(3, FindingState.Broken)]
    public void Yama_without_the_capability(int scope, FindingState state) =>
        MachineRules.Of(Sidecar with { Rules = Sidecar.Rules with { PtraceScope = scope } }).Single(finding => finding.Name == "ptrace_scope").State.ShouldBe(state);

    [Fact]
    public void Without_a_process_the_machine_decides_and_with_one_the_process()
    {
        var limited = new Finding("rights", FindingState.Limited, "");
        var broken = new Finding("access", FindingState.Broken, "");

        new Examination([limited], []).Works.ShouldBeFalse();
        new Examination([new Finding("x", FindingState.Note, "")], []).Works.ShouldBeTrue();
        new Examination([limited], [new ProcessExamination(1, 1, "", null, null, [limited])]).Works.ShouldBeTrue();
        new Examination([], [new ProcessExamination(1, 1, "", null, null, [limited, broken])]).Works.ShouldBeFalse();
    }

    private static ProcessRights Of(uint user, Capabilities capabilities) => new(user, user, user, capabilities, capabilities, capabilities);

    private static string Render(Examination examination)
    {
        var output = new StringWriter { NewLine = "\n" };
        DoctorText.Write(new ReportWriter(output, 110, colour: false), examination);
        return output.ToString();
    }
}
