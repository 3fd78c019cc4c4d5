using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.LiveTests;

public sealed class LeakingContainerTests
{
    public static TheoryData<string> Samples => SampleData.FullContainers;

    [LiveTheory, MemberData(nameof(Samples))]
    public async Task A_container_that_grows_is_named_with_its_line_and_endpoint(string name)
    {
        var sample = Sample.Named(name);

        var diagnosis = await Diagnose.SampleAsync(sample, warmUp: 3);

        diagnosis.Leak.ShouldBe(true, diagnosis.Text);
        diagnosis.Differences(sample.Culprit!).ShouldBeEmpty(diagnosis.Text);
        BalanceSheet.ShouldAddUp(diagnosis);
    }
}
