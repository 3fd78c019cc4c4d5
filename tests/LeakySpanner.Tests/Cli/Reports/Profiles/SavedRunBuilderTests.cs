using LeakySpanner.Model.Usage;
using LeakySpanner.Reports.Profiles.Saved;
using LeakySpanner.Sessions.Sampling;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Reports.Profiles;

public sealed class SavedRunBuilderTests
{
    /// <summary>The agent tells apart instructions of one line; files tell apart lines.</summary>
    [Fact]
    public void Stacks_that_differ_only_within_a_line_are_one()
    {
        var (outer, inner) = (new CallFrame("main", "a.py", 1), new CallFrame("keep", "a.py", 9));
        var profile = new AllocationProfile(
            [
                new([outer, inner], 1000, 10, 4, false, 7, 9), new([outer, inner], 200, 2, 1, false, 7, 16), new([outer, inner], 50, 1, 1, false, 8),
                new([outer, inner], 30, 1, 1, true, 7), new([outer], 20, 1, 1, false, 7),
            ],
            131072, TimeSpan.FromSeconds(2));
        var columns = new SavedRunBuilder.StackColumns();

        var moment = SavedRunBuilder.Of(new SampledMoment(MomentKind.Peak, profile), columns);

        moment.Stacks.ShouldBe([0, 1, 2, 3]);
        moment.Bytes.ShouldBe([1200, 50, 30, 20]);
        moment.Samples.ShouldBe([5, 1, 1, 1]);
        moment.Errors.ShouldBe([5, 0, 0, 0]);
        columns.Frames.ShouldBe([outer, inner]);
        columns.Stacks.Select(stack => (stack.Thread, stack.Cut, stack.Frames.Length)).ShouldBe([(7, false, 2), (8, false, 2), (7, true, 2), (7, false, 1)]);
    }
}
