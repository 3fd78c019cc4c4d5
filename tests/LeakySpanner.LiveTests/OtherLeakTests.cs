using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.LiveTests;

public sealed class OtherLeakTests
{
    public static TheoryData<string> Samples => SampleData.OtherLeaks;

    [LiveTheory, MemberData(nameof(Samples))]
    public async Task What_grows_outside_of_containers_is_named(string name)
    {
        var sample = Sample.Named(name);

        var diagnosis = await Diagnose.SampleAsync(sample, warmUp: 3);

        diagnosis.Leak.ShouldBe(true, diagnosis.Text);
        diagnosis.Differences(sample.Culprit!).ShouldBeEmpty(diagnosis.Text);
        BalanceSheet.ShouldAddUp(diagnosis);
    }
}
