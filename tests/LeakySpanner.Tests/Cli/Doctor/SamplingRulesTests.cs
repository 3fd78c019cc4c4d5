using LeakySpanner.Doctor;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Doctor;

public sealed class SamplingRulesTests
{
    [Theory]
    [InlineData("3.14", true, false, FindingState.Works, "`leakyspanner run --pid 7`")]
    [InlineData("3.14", false, false, FindingState.Note, "PYTHON_DISABLE_REMOTE_DEBUG")]
    [InlineData("3.11", null, false, FindingState.Note, "came with 3.14")]
    [InlineData("3.11", null, true, FindingState.Works, "is loaded")]
    internal void What_is_possible_is_told(string feature, bool? allowed, bool isLoaded, FindingState state, string text)
    {
        var finding = SamplingRules.Of($"CPython {feature}.1", Version.Parse(feature), allowed, isLoaded, 7);

        finding.State.ShouldBe(state);
        finding.Text.ShouldContain(text);
        finding.Remedies.IsEmpty.ShouldBe(state == FindingState.Works);
    }
}
