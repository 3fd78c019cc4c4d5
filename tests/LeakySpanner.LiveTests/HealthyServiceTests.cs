using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.LiveTests;

public sealed class HealthyServiceTests
{
    public static TheoryData<string> Samples => SampleData.Healthy;

    /// <summary>Attached to as soon as the first request is answered, which is when a healthy service grows most.</summary>
    [LiveTheory, MemberData(nameof(Samples))]
    public async Task A_service_whose_growth_ends_is_not_called_leaking(string name)
    {
        var diagnosis = await Diagnose.SampleAsync(Sample.Named(name), warmUp: 0);

        diagnosis.Leak.ShouldNotBe(true, diagnosis.Text);
        BalanceSheet.ShouldAddUp(diagnosis);
    }
}
