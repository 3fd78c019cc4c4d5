using System.Collections.Immutable;

namespace LeakySpanner.Target.Permissions;

/// <summary>A rule of the kernel by which we may not read the memory of a process.</summary>
public enum AccessBarrier
{
    /// <summary>kernel.yama.ptrace_scope is 3: nobody reads anybody.</summary>
    NoTracing,

    /// <summary>It belongs to another user.</summary>
    OtherUser,

    /// <summary>It changed its user or its capabilities since it began, or asked not to be looked at.</summary>
    NotDumpable,

    /// <summary>It holds capabilities that we do not.</summary>
    MoreCapabilities,

    /// <summary>kernel.yama.ptrace_scope is 1 or 2.</summary>
    PtraceScope,

    /// <summary>We are in a user namespace that it is not in, where our capabilities count for nothing.</summary>
    UserNamespace,

    /// <summary>AppArmor, SELinux or the like.</summary>
    SecurityModule,
}

/// <summary>Which rules keep us out, in the order in which the kernel asks (kernel/ptrace.c, __ptrace_may_access; security/yama).</summary>
public static class AccessBarriers
{
    /// <returns>Empty where none of the known rules forbids it.</returns>
    public static ImmutableArray<AccessBarrier> Between(ProcessRights ours, ProcessRights theirs, int? ptraceScope)
    {
        if (ptraceScope == 3)
            return [AccessBarrier.NoTracing];
        var barriers = ImmutableArray.CreateBuilder<AccessBarrier>();
        var isForeign = ours.UserNamespace is { } own and not KernelRules.FirstUserNamespace && theirs.UserNamespace is { } other && own != other;
        if (!ours.Effective.SysPtrace || isForeign)
        {
            var user = ours.RealUser;
            if (theirs.RealUser != user || theirs.EffectiveUser != user || theirs.SavedUser != user)
                barriers.Add(AccessBarrier.OtherUser);
            else if (!theirs.IsDumpable)
                barriers.Add(AccessBarrier.NotDumpable);
            else if (!isForeign && !ours.Permitted.Contains(theirs.Permitted))
                barriers.Add(AccessBarrier.MoreCapabilities);
            if (ptraceScope is 1 or 2)
                barriers.Add(AccessBarrier.PtraceScope);
        }

        if (isForeign)
            barriers.Add(AccessBarrier.UserNamespace);
        if (barriers.Count == 0 && (ours.SecurityLabel is not null || theirs.SecurityLabel is not null))
            barriers.Add(AccessBarrier.SecurityModule);
        return barriers.DrainToImmutable();
    }
}
