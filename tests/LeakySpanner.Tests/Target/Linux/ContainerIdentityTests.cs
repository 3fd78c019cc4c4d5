using LeakySpanner.Model.Findings;
using LeakySpanner.Target.Linux;
using LeakySpanner.Testing.Recording;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

/// <summary>Names of groups as docker, containerd, cri-o, podman and kubelet give them, with both of their drivers.</summary>
public sealed class ContainerIdentityTests
{
    private const string Id = "4f2a1b9c0d1e5566778899aabbccddeeff00112233445566778899aabbccddee";
    private const string Other = "00001b9c0d1e5566778899aabbccddeeff00112233445566778899aabbccddee";
    private const string Uid = "3f2c1a77-04b1-4d0e-9a55-0c6e8d1f2b3a";
    private const string Slice = "3f2c1a77_04b1_4d0e_9a55_0c6e8d1f2b3a";

    [Theory]
    [InlineData($"4:memory:/docker/{Id}", "docker")]
    [InlineData($"4:memory:/docker/{Other}/docker/{Id}", "docker")]
    [InlineData($"0::/system.slice/docker-{Id}.scope", "docker")]
    [InlineData($"0::/system.slice/docker-{Id}.scope/init", "docker")]
    [InlineData($"0::/machine.slice/libpod-{Id}.scope/container", "podman")]
    [InlineData($"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{Id}.scope", "podman")]
    [InlineData($"4:memory:/libpod_parent/libpod-{Id}", "podman")]
    [InlineData($"4:memory:/libpod_parent/{Id}", "podman")]
    [InlineData($"0::/machine.slice/machine-libpod_pod_{Other}.slice/libpod-{Id}.scope/container", "podman")]
    [InlineData($"0::/system.slice/nerdctl-{Id}.scope", "containerd")]
    [InlineData($"4:memory:/default/{Id}", null)]
    public void A_container_without_a_pod(string groups, string? runtime) =>
        ContainerIdentity.Of(groups + "\n", "").ShouldBe(new ContainerFacts(runtime, Id, null));

    [Theory]
    [InlineData($"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{Slice}.slice/cri-containerd-{Id}.scope", "containerd")]
    [InlineData($"0::/kubepods.slice/kubepods-pod{Slice}.slice/crio-{Id}.scope/container", "cri-o")]
    [InlineData($"4:memory:/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod{Slice}.slice/docker-{Id}.scope", "docker")]
    [InlineData($"4:memory:/kubepods/besteffort/pod{Uid}/{Id}", null)]
    [InlineData($"4:memory:/kubepods/pod{Uid}/crio-{Id}", "cri-o")]
    [InlineData($"0::/kubelet/kubepods/burstable/pod{Uid}/{Id}", null)]
    [InlineData($"1:name=systemd:/system.slice/containerd.service/kubepods-burstable-pod{Slice}.slice:cri-containerd:{Id}", null)]
    public void A_container_of_a_pod(string groups, string? runtime) =>
        ContainerIdentity.Of(groups + "\n", "").ShouldBe(new ContainerFacts(runtime, Id, Uid));

    [Fact]
    public void A_static_pod_has_a_hash_for_its_uid() =>
        ContainerIdentity.Of($"0::/kubepods/burstable/pod{Id[..32]}/{Id}\n", "").ShouldBe(new ContainerFacts(null, Id, Id[..32]));

    [Theory]
    [InlineData("0::/system.slice/shop.service\n")]
    [InlineData("0::/\n")]
    [InlineData("0::/user.slice/user-1000.slice/session-4.scope\n")]
    [InlineData($"0::/machine.slice/libpod-conmon-{Id}.scope\n")]
    [InlineData($"0::/kubepods/burstable/podium/{Uid}\n")]
    [InlineData($"0::/builds/4f2a1b9c0d1e\n")]
    [InlineData("nonsense")]
    [InlineData("")]
    public void What_is_no_container(string groups) => ContainerIdentity.Of(groups, "").ShouldBeNull();

    /// <summary>As from a sidecar whose own namespace of control groups cuts the path off.</summary>
    [Fact]
    public void What_runtimes_mount_tells_where_the_group_does_not()
    {
        ContainerIdentity.Of("0::/\n", Mount($"/var/lib/docker/containers/{Id}/hostname", "/etc/hostname"))
            .ShouldBe(new ContainerFacts("docker", Id, null));
        ContainerIdentity.Of(
            $"0::/../cri-containerd-{Id}.scope\n",
            Mount($"/var/lib/kubelet/pods/{Uid}/etc-hosts", "/etc/hosts") + Mount($"/var/lib/kubelet/pods/{Uid}/containers/shop/1a2b3c4d", "/dev/termination-log"))
            .ShouldBe(new ContainerFacts("containerd", Id, Uid, "shop"));
    }

    [Fact]
    public void An_agent_that_has_the_folder_of_all_containers_is_not_in_one() =>
        ContainerIdentity.Of("0::/system.slice/agent.service\n", Mount($"/var/lib/docker/containers/{Id}/hostname", "/mnt/hostname") + Mount("/var/lib/docker", "/var/lib/docker"))
            .ShouldBeNull();

    [Fact]
    public void The_host_name_is_that_of_its_own_root()
    {
        using var root = new FakeRoot();
        root.Write("/proc/42/cgroup", $"0::/kubepods/pod{Uid}/{Id}\n");
        root.Write("/proc/42/root/etc/hostname", "shop-7c9d5-x2x\n");

        ContainerIdentity.For(42, root.Folder).ShouldBe(new ContainerFacts(null, Id, Uid, null, "shop-7c9d5-x2x"));
    }

    [Fact]
    public void A_host_name_that_leads_elsewhere_or_is_none_is_not_believed()
    {
        using var root = new FakeRoot();
        root.Write("/proc/42/cgroup", $"0::/docker/{Id}\n");
        root.Write("/proc/42/root/etc/hostname", "root:x:0:0:root\n");
        root.Write("/proc/43/cgroup", $"0::/docker/{Id}\n");
        root.Write("/proc/43/root/etc/passwd", "harmless\n");
        File.CreateSymbolicLink(root.Folder + "/proc/43/root/etc/hostname", root.Folder + "/proc/43/root/etc/passwd");

        ContainerIdentity.For(42, root.Folder)!.HostName.ShouldBeNull();
        ContainerIdentity.For(43, root.Folder)!.HostName.ShouldBeNull();
    }

    private static string Mount(string what, string where) => $"30 23 8:1 {what} {where} rw,relatime - ext4 /dev/sda1 rw\n";
}
