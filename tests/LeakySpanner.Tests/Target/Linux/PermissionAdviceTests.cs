using LeakySpanner.Target.Linux;
using LeakySpanner.Testing.Recording;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

public sealed class PermissionAdviceTests : IDisposable
{
    private readonly FakeRoot root = new();

    public void Dispose() => root.Dispose();

    [Theory]
    [InlineData(1000, 33, "0", "0", "belongs to uid 33", "sudo")]
    [InlineData(1000, 1000, "0", "1", "ptrace_scope is 1", "sudo sysctl kernel.yama.ptrace_scope=0")]
    [InlineData(1000, 1000, "0", "2", "ptrace_scope is 2", "sudo")]
    [InlineData(0, 1000, "0", "3", "ptrace_scope is 3", "reboot")]
    [InlineData(0, 1000, "0", "0", "SYS_PTRACE", "shareProcessNamespace: true")]
    [InlineData(0, 0, "80000", "0", "security policy", "another process")]
    [InlineData(1000, 1000, "0", "0", "not dumpable", "sudo")]
    public void The_reason_is_named_with_its_remedy(int ours, int theirs, string capabilities, string scope, string reason, string remedy)
    {
        root.Write("/self/status", $"Name:\tus\nUid:\t9\t{ours}\t{ours}\t{ours}\nCapEff:\t{capabilities}\n");
        root.Write("/42/status", $"Name:\tthem\nUid:\t9\t{theirs}\t{theirs}\t{theirs}\n");
        root.Write("/sys/kernel/yama/ptrace_scope", scope + "\n");

        var advice = PermissionAdvice.For(42, root.Folder);

        advice.ShouldContain(reason);
        advice.ShouldContain(remedy);
        advice.ShouldNotContain("\n");
    }

    [Fact]
    public void Nothing_readable_still_gives_a_remedy() => PermissionAdvice.For(42, root.Folder).ShouldContain("sudo");
}
