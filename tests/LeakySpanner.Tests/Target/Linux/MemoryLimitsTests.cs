using LeakySpanner.Model;
using LeakySpanner.Target.Linux;
using LeakySpanner.Testing.Recording;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

/// <summary>A machine made of files: every path below is read under a folder of the test.</summary>
public sealed class MemoryLimitsTests : IDisposable
{
    private const string Version2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
    private const string Version1 = "33 32 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n34 32 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n";

    private readonly FakeRoot root = new();

    public MemoryLimitsTests() => root.Write("/proc/meminfo", "MemTotal:       16000000 kB\nMemFree:  1 kB\n");

    public void Dispose() => root.Dispose();

    [Fact]
    public void The_limit_of_a_version_2_group_counts()
    {
        Machine(Version2, "0::/shop.slice/api\n");
        root.Write("/sys/fs/cgroup/shop.slice/api/memory.max", "1073741824\n");

        Limit().ShouldBe(new MemoryLimit(new ByteSize(1 << 30), "cgroup v2 memory.max of /shop.slice/api"));
    }

    [Fact]
    public void The_smallest_limit_on_the_way_up_wins()
    {
        Machine(Version2, "0::/shop.slice/api\n");
        root.Write("/sys/fs/cgroup/shop.slice/api/memory.max", "max\n");
        root.Write("/sys/fs/cgroup/shop.slice/memory.max", "500000000\n");
        root.Write("/sys/fs/cgroup/memory.max", "800000000\n");

        Limit().ShouldBe(new MemoryLimit(new ByteSize(500_000_000), "cgroup v2 memory.max of /shop.slice"));
    }

    [Fact]
    public void No_limit_leaves_the_machine()
    {
        Machine(Version2, "0::/a\n");
        root.Write("/sys/fs/cgroup/a/memory.max", "max\n");

        Limit().ShouldBe(new MemoryLimit(new ByteSize(16_000_000L * 1024), "physical memory of this machine"));
    }

    [Fact]
    public void A_limit_above_the_machine_is_none()
    {
        Machine(Version2, "0::/a\n");
        root.Write("/sys/fs/cgroup/a/memory.max", "99000000000000\n");

        Limit()!.Value.Source.ShouldBe("physical memory of this machine");
    }

    [Fact]
    public void Version_1_is_found_by_its_controller_and_its_huge_number_is_no_limit()
    {
        Machine(Version1 + Version2, "5:cpu:/wrong\n4:memory:/docker/abc\n0::/\n");
        root.Write("/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "9223372036854771712\n");
        root.Write("/sys/fs/cgroup/memory/docker/memory.limit_in_bytes", "700000000\n");
        root.Write("/sys/fs/cgroup/cpu/wrong/memory.limit_in_bytes", "1\n");

        Limit().ShouldBe(new MemoryLimit(new ByteSize(700_000_000), "cgroup v1 memory.limit_in_bytes of /docker"));
    }

    [Fact]
    public void Inside_a_container_the_mount_shows_only_our_part_of_the_tree()
    {
        Machine("33 32 0:29 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", "4:memory:/docker/abc/worker\n");
        root.Write("/sys/fs/cgroup/memory/worker/memory.limit_in_bytes", "9223372036854771712\n");
        root.Write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "300000000\n");

        Limit().ShouldBe(new MemoryLimit(new ByteSize(300_000_000), "cgroup v1 memory.limit_in_bytes of /docker/abc"));
    }

    [Fact]
    public void From_a_sidecar_the_limit_is_seen_through_the_roots_of_the_process()
    {
        Machine(Version2, "0::/../app\n");
        root.Write("/proc/42/mountinfo", "30 23 0:26 /../app /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        root.Write("/proc/42/root/sys/fs/cgroup/memory.max", "256000000\n");

        Limit()!.Value.Limit.Bytes.ShouldBe(256_000_000);
    }

    [Fact]
    public void A_path_that_climbs_is_not_followed()
    {
        Machine(Version2, "0::/a/../../secret\n");
        root.Write("/sys/fs/secret/memory.max", "5\n");

        Limit()!.Value.Source.ShouldBe("physical memory of this machine");
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("no mount", "no group")]
    [InlineData("1 2 3 / - cgroup2", "0::")]
    [InlineData("30 23 0:26 / /sys/fs/cgroup rw - cgroup2", "0::/x")]
    public void Texts_that_make_no_sense_leave_the_machine(string mounts, string groups)
    {
        Machine(mounts, groups);

        Limit()!.Value.Source.ShouldBe("physical memory of this machine");
    }

    [Fact]
    public void Nothing_readable_is_no_answer()
    {
        using var empty = new FakeRoot();

        new MemoryLimits(empty.Folder).For(42).ShouldBeNull();
    }

    private void Machine(string mounts, string groups)
    {
        root.Write("/proc/self/mountinfo", mounts);
        root.Write("/proc/42/cgroup", groups);
    }

    private MemoryLimit? Limit() => new MemoryLimits(root.Folder).For(42);
}
