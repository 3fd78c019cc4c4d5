using System.Collections.Immutable;
using LeakySpanner.Target.Permissions;

namespace LeakySpanner.Doctor;

/// <summary>What the observer may do where it runs, whatever the process.</summary>
/// <param name="Rules">Of the machine.</param>
/// <param name="Ours">Rights of the observer.</param>
/// <param name="Calls">As tried.</param>
/// <param name="Where">What it runs in.</param>
/// <param name="Visible">Processes that /proc shows.</param>
public sealed record MachineFacts(KernelRules Rules, ProcessRights Ours, SystemCalls Calls, Surroundings Where, int Visible);

/// <summary>Findings from facts.</summary>
internal static class MachineRules
{
    public static ImmutableArray<Finding> Of(MachineFacts facts)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        findings.Add(Kernel(facts));
        findings.Add(Seccomp(facts));
        findings.Add(Rights(facts));
        findings.Add(PtraceScope(facts));
        findings.Add(Processes(facts));
        if (facts.Ours.SecurityLabel is { } label)
        {
            findings.Add(new Finding("security_module", FindingState.Note, $"we are confined by '{label}': it may forbid to read processes that it does not confine")
            {
                Remedies = Remedies.SecurityModule(facts.Where),
            });
        }

        return findings.DrainToImmutable();
    }

    private static Finding Kernel(MachineFacts facts)
    {
        var name = $"Linux {facts.Rules.Release}";
        return facts.Calls switch
        {
            { ReadMemory: CallOutcome.Missing } => new Finding("kernel", FindingState.Broken, $"{name} lacks process_vm_readv: it was built without CONFIG_CROSS_MEMORY_ATTACH"),
            { Pause: CallOutcome.Missing } => new Finding("kernel", FindingState.Limited, $"{name} lacks ptrace: --pause cannot work"),
            { PinProcess: CallOutcome.Missing } => new Finding("kernel", FindingState.Note, $"{name} has no pidfd (5.3 has): a process is told from a later one of its pid by its start time"),
            _ => new Finding("kernel", FindingState.Works, $"{name} has process_vm_readv, pidfd and ptrace"),
        };
    }

    private static Finding Seccomp(MachineFacts facts)
    {
        var refused = ((string Name, CallOutcome Outcome)[])
            [("process_vm_readv", facts.Calls.ReadMemory), ("pidfd_open", facts.Calls.PinProcess), ("ptrace", facts.Calls.Pause)];
        var names = string.Join(", ", refused.Where(call => call.Outcome == CallOutcome.Refused).Select(call => call.Name));
        if (names.Length > 0)
        {
            var state = facts.Calls.ReadMemory == CallOutcome.Refused ? FindingState.Broken : FindingState.Limited;
            return new Finding("seccomp", state, $"a filter refuses {names}" + (state == FindingState.Limited && facts.Calls.Pause == CallOutcome.Refused ? ": --pause cannot work" : ""))
            {
                Remedies = Remedies.Seccomp(facts.Where),
            };
        }

        return new Finding("seccomp", FindingState.Works, facts.Ours.SeccompMode == 0 ? "no filter" : "a filter is on, and lets everything through that is needed");
    }

    private static Finding Rights(MachineFacts facts)
    {
        var ours = facts.Ours;
        var isInside = ours.UserNamespace is not (null or KernelRules.FirstUserNamespace);
        if (ours.Effective.SysPtrace)
        {
            return isInside
                ? new Finding("rights", FindingState.Limited, $"uid {ours.EffectiveUser} with SYS_PTRACE in a user namespace of its own: processes outside of it cannot be read")
                {
                    Remedies = Remedies.LeaveUserNamespace(facts.Where),
                }
                : new Finding("rights", FindingState.Works, $"uid {ours.EffectiveUser} with SYS_PTRACE: processes of every user can be read");
        }

        return new Finding("rights", FindingState.Limited, $"uid {ours.EffectiveUser} without SYS_PTRACE: only processes of uid {ours.RealUser} can be read")
        {
            Remedies = Remedies.Trace(facts.Where),
        };
    }

    private static Finding PtraceScope(MachineFacts facts) => (facts.Rules.PtraceScope, facts.Ours.Effective.SysPtrace) switch
    {
        (null, _) => new Finding("ptrace_scope", FindingState.Works, "Yama is not there"),
        (3, _) => new Finding("ptrace_scope", FindingState.Broken, "kernel.yama.ptrace_scope is 3: nobody may read anybody") { Remedies = Remedies.Reboot() },
        (0, _) => new Finding("ptrace_scope", FindingState.Works, "kernel.yama.ptrace_scope is 0"),
        ({ } scope, true) => new Finding("ptrace_scope", FindingState.Works, $"kernel.yama.ptrace_scope is {scope}, which SYS_PTRACE lifts"),
        (2, false) => new Finding("ptrace_scope", FindingState.Broken, "kernel.yama.ptrace_scope is 2: nobody without SYS_PTRACE may read anybody") { Remedies = Remedies.Trace(facts.Where) },
        ({ } scope, false) => new Finding(
            "ptrace_scope",
            FindingState.Limited,
            $"kernel.yama.ptrace_scope is {scope}: only what leakyspanner starts itself (-- COMMAND), or allows it (leakyspanner(app) allows its sidecar), can be read")
        {
            Remedies = Remedies.PtraceScope(facts.Where),
        },
    };

    private static Finding Processes(MachineFacts facts) => facts switch
    {
        { Rules.HidePid: { } value, Ours.Effective.SysPtrace: false } => new Finding(
            "processes", FindingState.Limited, $"/proc is mounted with hidepid={value}: processes of other users are not seen")
        { Remedies = Remedies.Trace(facts.Where) },
        { Rules.IsWholeMachine: false } => new Finding(
            "processes", FindingState.Note, $"only the processes of our own pid namespace are seen: {facts.Visible} of them")
        { Remedies = Remedies.ShareProcesses(facts.Where) },
        _ => new Finding("processes", FindingState.Works, $"{facts.Visible} processes are seen, those of containers among them"),
    };
}
