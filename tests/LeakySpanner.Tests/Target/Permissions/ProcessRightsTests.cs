using LeakySpanner.Target.Permissions;
using LeakySpanner.Testing.Recording;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Permissions;

public sealed class ProcessRightsTests : IDisposable
{
    private readonly FakeRoot root = new();

    public void Dispose() => root.Dispose();

    [Fact]
    public void A_status_is_understood()
    {
        root.Write("/42/status", "Name:\tUid:\nUid:\t1000\t33\t44\t33\nCapPrm:\t0000000000080400\nCapEff:\t0000000000080000\nCapBnd:\t00000000a80425fb\nSeccomp:\t2\nSeccomp_filters:\t1\n");
        root.Write("/42/attr/current", "docker-default (enforce)\n");
        root.Link("/42/ns/pid", "pid:[4026532200]");
        root.Link("/42/ns/user", "user:[4026531837]");

        var rights = ProcessRights.Read("42", root.Folder)!;

        (rights.RealUser, rights.EffectiveUser, rights.SavedUser).ShouldBe((1000u, 33u, 44u));
        rights.Effective.SysPtrace.ShouldBeTrue();
        rights.Bounding.SysPtrace.ShouldBeFalse();
        rights.Permitted.Contains(rights.Effective).ShouldBeTrue();
        rights.Effective.Contains(rights.Permitted).ShouldBeFalse();
        rights.SeccompMode.ShouldBe(2);
        rights.SecurityLabel.ShouldBe("docker-default (enforce)");
        rights.PidNamespace.ShouldBe("pid:[4026532200]");
        rights.UserNamespace.ShouldBe("user:[4026531837]");
    }

    [Theory]
    [InlineData("unconfined\n")]
    [InlineData("unconfined_u:unconfined_r:unconfined_t:s0\0")]
    [InlineData("")]
    public void What_confines_nothing_is_no_label(string label)
    {
        root.Write("/42/status", "Uid:\t1\t1\t1\t1\n");
        root.Write("/42/attr/current", label);

        ProcessRights.Read("42", root.Folder)!.SecurityLabel.ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Uid:\tx\n")]
    [InlineData("Name:\tpython3\n")]
    public void A_status_without_users_is_none(string status)
    {
        root.Write("/42/status", status);

        ProcessRights.Read("42", root.Folder).ShouldBeNull();
        ProcessRights.Read("43", root.Folder).ShouldBeNull();
    }

    [Fact]
    public void We_ourselves_are_readable()
    {
        ProcessRights.Read("self").ShouldNotBeNull().IsDumpable.ShouldBeTrue();
        SystemCalls.Try().ShouldBe(new SystemCalls(CallOutcome.Works, CallOutcome.Works, CallOutcome.Works));
    }

    [Theory]
    [InlineData("1\n", "rw,hidepid=2", 1, "2")]
    [InlineData("0\n", "rw", 0, null)]
    [InlineData("3\n", "rw,gid=4,hidepid=invisible", 3, "invisible")]
    [InlineData("0\n", "rw,hidepid=off", 0, null)]
    public void Rules_of_the_machine(string scope, string options, int ptraceScope, string? hidePid)
    {
        root.Write("/proc/sys/kernel/yama/ptrace_scope", scope);
        root.Write("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
        root.Write("/proc/self/mountinfo", $"22 27 0:21 / /proc rw,relatime - proc proc {options}\n23 27 0:22 / /srv/jail/proc rw - proc proc rw,hidepid=1\n");
        root.Link("/proc/self/ns/pid", "pid:[4026531836]");

        KernelRules.Read(root.Folder).ShouldBe(new KernelRules("6.1.0-18-amd64", ptraceScope, hidePid, true));
    }

    [Fact]
    public void A_pid_namespace_of_our_own_is_not_the_whole_machine()
    {
        root.Link("/proc/self/ns/pid", "pid:[4026532200]");

        KernelRules.Read(root.Folder).ShouldBe(new KernelRules("", null, null, false));
    }
}
