using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.Target.Linux;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

public sealed class ProcessStatTests
{
    private const string Tail = " 1 4121 4121 0 -1 4194560 6011 0 0 0 12 3 0 0 20 0 2 0 987654 31232000 2404 18446744073709551615 1 1";

    [Theory]
    [InlineData("4121 (python3) S" + Tail, "python3", 'S')]
    [InlineData("4121 (a) R (b) S" + Tail, "a) R (b", 'S')]
    [InlineData("4121 () Z" + Tail, "", 'Z')]
    public void A_name_may_contain_anything(string text, string name, char state)
    {
        ProcessStat.TryParse(text, out var stat).ShouldBeTrue();

        stat.ShouldBe(new ProcessStat(name, state, 1, 987654) { CpuTime = TimeSpan.FromMilliseconds(150) });
    }

    [Fact]
    public void Zombies_are_dead_and_stopped_ones_are_not()
    {
        new ProcessStat("x", 'Z', 1, 1).IsDead.ShouldBeTrue();
        new ProcessStat("x", 'T', 1, 1).IsDead.ShouldBeFalse();
        new ProcessStat("x", 'T', 1, 1).IsStopped.ShouldBeTrue();
        new ProcessStat("x", 't', 1, 1).IsStopped.ShouldBeTrue();
        new ProcessStat("x", 'D', 1, 1).IsUninterruptible.ShouldBeTrue();
    }

    [Fact]
    public void A_thread_of_the_kernel_is_known_by_its_flag()
    {
        ProcessStat.TryParse("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 5 0 0 20 0 1 0 3 0 0", out var stat).ShouldBeTrue();
        stat.IsKernelThread.ShouldBeTrue();

        ProcessStat.TryParse("4121 (python3) S" + Tail, out stat).ShouldBeTrue();
        stat.IsKernelThread.ShouldBeFalse();
    }

    [Fact]
    public void A_status_is_understood_and_sizes_are_kibibytes()
    {
        ProcessStatus.TryParse(
            "Name:\tVmRSS: 3\nTracerPid:\t17\nVmSize:\t  900 kB\nVmHWM:\t  120 kB\nVmRSS:\t     100 kB\nRssAnon:\t  60 kB\nRssFile:\t 30 kB\n"
            + "RssShmem:\t 10 kB\nVmSwap:\t   5 kB\nThreads:\t4\n",
            out var status).ShouldBeTrue();

        status.Rss.Bytes.ShouldBe(100 * 1024);
        status.Anonymous.Bytes.ShouldBe(60 * 1024);
        status.File.Bytes.ShouldBe(30 * 1024);
        status.Shared.Bytes.ShouldBe(10 * 1024);
        status.Peak.Bytes.ShouldBe(120 * 1024);
        status.Swapped.Bytes.ShouldBe(5 * 1024);
        status.Virtual.Bytes.ShouldBe(900 * 1024);
        status.Threads.ShouldBe(4);
        status.TracerPid.ShouldBe(17);
    }

    [Theory]
    [InlineData("NSpid:\t4121\n", 4121)]
    [InlineData("NSpid:\t4121\t7\n", 7)]
    [InlineData("NSpid:\t4121\t300\t1\n", 1)]
    [InlineData("NSpid:\t\n", 0)]
    [InlineData("", 0)]
    public void The_innermost_pid_stands_last(string line, int pid)
    {
        ProcessStatus.TryParse("VmRSS:\t1 kB\n" + line, out var status).ShouldBeTrue();

        status.InnermostPid.ShouldBe(pid);
    }

    [Fact]
    public void A_zombie_has_no_memory_to_tell_of() =>
        ProcessStatus.TryParse("Name:\tpython3\nState:\tZ (zombie)\nThreads:\t1\n", out _).ShouldBeFalse();

    [Fact]
    public void Numbers_beyond_any_sense_are_bounded()
    {
        ProcessStatus.TryParse("VmRSS:\t9223372036854775807 kB\nThreads:\t99999999999\n", out var status).ShouldBeTrue();

        status.Rss.Bytes.ShouldBeGreaterThan(0);
        status.Threads.ShouldBe(int.MaxValue);
    }

    [Fact]
    public void No_text_throws() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            text ??= "";
            _ = ProcessStat.TryParse("1 (" + text + ") S " + text, out _);
            _ = ProcessStatus.TryParse("VmRSS:" + text, out _);
        }).QuickCheckThrowOnFailure();
}
