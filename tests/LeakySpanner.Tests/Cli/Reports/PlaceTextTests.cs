using LeakySpanner.Model.Findings;
using LeakySpanner.Reports;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Reports;

public sealed class PlaceTextTests
{
    private static readonly ContainerFacts Pod = Diagnoses.Container;

    [Fact]
    public void A_process_of_this_machine_has_nothing_to_say()
    {
        PlaceText.Of(Diagnoses.Process).ShouldBeNull();
        PlaceText.Of(Diagnoses.Process with { InnermostPid = Diagnoses.Process.Pid }).ShouldBeNull();
    }

    [Fact]
    public void A_pod_is_told_with_all_that_is_known_of_it() =>
        PlaceText.Of(Diagnoses.Process with { Container = Pod, InnermostPid = 7 }).ShouldBe(
            "in pod shop-7c9d5 (uid 3f2c1a77-04b1-4d0e-9a55-0c6e8d1f2b3a), container shop 4f2a1b9c0d1e (containerd), where its pid is 7");

    [Fact]
    public void What_is_not_known_is_left_out()
    {
        Of(new ContainerFacts("docker", Pod.Id, null, null, "4f2a1b9c0d1e")).ShouldBe("in container 4f2a1b9c0d1e (docker)");
        Of(new ContainerFacts(null, Pod.Id, null)).ShouldBe("in container 4f2a1b9c0d1e");
        Of(new ContainerFacts("podman", Pod.Id, null, null, "shop")).ShouldBe("in container 4f2a1b9c0d1e (podman), host name shop");
        Of(new ContainerFacts("containerd", null, Pod.PodUid)).ShouldBe($"in pod {Pod.PodUid} (containerd)");
        PlaceText.Of(Diagnoses.Process with { InnermostPid = 1 }).ShouldBe("in a pid namespace of its own, where its pid is 1");
    }

    private static string? Of(ContainerFacts container) => PlaceText.Of(Diagnoses.Process with { Container = container });
}
