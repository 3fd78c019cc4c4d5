using LeakySpanner.Target.Linux;
using LeakySpanner.Testing.Recording;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

public sealed class OomKillCounterTests : IDisposable
{
    private readonly FakeRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Version_2_counts_in_the_events_of_the_group()
    {
        _root.Write("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
        _root.Write("/proc/4121/cgroup", "0::/shop.slice/api\n");
        _root.Write("/sys/fs/cgroup/shop.slice/api/memory.events", "low 0\nhigh 0\nmax 9\noom 4\noom_kill 3\noom_group_kill 0\n");
        var counter = OomKillCounter.For(4121, _root.Folder)!;
        counter.Read().ShouldBe(3);

        _root.Write("/sys/fs/cgroup/shop.slice/api/memory.events", "oom_kill 4\n");
        counter.Read().ShouldBe(4);
    }

    [Fact]
    public void Version_1_counts_in_the_control_file()
    {
        _root.Write("/proc/self/mountinfo", "33 32 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
        _root.Write("/proc/4121/cgroup", "5:cpu:/x\n4:memory:/docker/abc\n");
        _root.Write("/sys/fs/cgroup/memory/docker/abc/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");

        OomKillCounter.For(4121, _root.Folder)!.Read().ShouldBe(2);
    }

    [Fact]
    public void Without_a_file_nothing_is_known() => OomKillCounter.For(4121, _root.Folder).ShouldBeNull();
}
