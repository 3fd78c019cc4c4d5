using System.Collections.Immutable;
using LeakySpanner.Target.Permissions;

namespace LeakySpanner.Doctor;

/// <summary>Why the memory of a process may not be read, and what lifts that.</summary>
internal static class AccessRules
{
    /// <param name="machine">Where we run, and as whom.</param>
    /// <param name="theirs">Rights of the process; null where even those are hidden.</param>
    /// <param name="message">What the attempt said, for what no rule explains.</param>
    public static Finding Refused(MachineFacts machine, ProcessRights? theirs, string message)
    {
        ImmutableArray<AccessBarrier> barriers = theirs is null ? [] : AccessBarriers.Between(machine.Ours, theirs, machine.Rules.PtraceScope);
        if (barriers.IsEmpty || theirs is null)
            return new Finding("access", FindingState.Broken, message) { Remedies = Remedies.Trace(machine.Where) };

        return new Finding("access", FindingState.Broken, "its memory may not be read: " + string.Join("; ", barriers.Select(barrier => Text(barrier, machine, theirs))))
        {
            Remedies = [.. barriers.SelectMany(barrier => Lifts(barrier, machine.Where, theirs)).DistinctBy(remedy => string.Join('\n', remedy.Lines))],
        };
    }

    private static string Text(AccessBarrier barrier, MachineFacts machine, ProcessRights theirs) => barrier switch
    {
        AccessBarrier.NoTracing => "kernel.yama.ptrace_scope is 3",
        AccessBarrier.OtherUser => $"it belongs to uid {theirs.RealUser}{Changed(theirs)}, and we are uid {machine.Ours.RealUser} without SYS_PTRACE",
        AccessBarrier.NotDumpable => "it has changed its user, or asked not to be looked at (PR_SET_DUMPABLE)",
        AccessBarrier.MoreCapabilities => "it holds capabilities that we do not",
        AccessBarrier.PtraceScope => $"kernel.yama.ptrace_scope is {machine.Rules.PtraceScope} and we lack SYS_PTRACE",
        AccessBarrier.UserNamespace => "we are in a user namespace that it is not in",
        AccessBarrier.SecurityModule => $"a security module forbids it (we: {machine.Ours.SecurityLabel ?? "unconfined"}; it: {theirs.SecurityLabel ?? "unconfined"})",
        _ => throw new ArgumentOutOfRangeException(nameof(barrier)),
    };

    private static string Changed(ProcessRights theirs) => theirs.EffectiveUser != theirs.RealUser ? $" (effective {theirs.EffectiveUser})" : "";

    private static ImmutableArray<Remedy> Lifts(AccessBarrier barrier, Surroundings where, ProcessRights theirs) => barrier switch
    {
        AccessBarrier.NoTracing => Remedies.Reboot(),
        AccessBarrier.OtherUser => Remedies.BecomeUser(where, theirs.RealUser),
        AccessBarrier.PtraceScope => Remedies.PtraceScope(where),
        AccessBarrier.UserNamespace => Remedies.LeaveUserNamespace(where),
        AccessBarrier.SecurityModule => Remedies.SecurityModule(where),
        _ => Remedies.Trace(where),
    };
}
