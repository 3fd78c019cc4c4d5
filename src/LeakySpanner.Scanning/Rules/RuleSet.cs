using LeakySpanner.Scanning.Rules.Latency;
using LeakySpanner.Scanning.Rules.Leaks;

namespace LeakySpanner.Scanning.Rules;

/// <summary>Every rule there is, in the order in which they are listed.</summary>
public static class RuleSet
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new UnboundedCache(),
        new GrowingList(),
        new GrowingSet(),
        new MutableDefaultArgument(),
        new QueueWithoutBound(),
        new UnboundedMemoization(),
        new MemoizedMethod(),
        new ResourceNotClosed(),
        new DependencyWithoutYield(),
        new DroppedTask(),
        new TasksNeverEnd(),
        new ThreadPerRequest(),
        new RegistrationPerRequest(),
        new ExceptionKept(),
        new MetricLabelCardinality(),
        new ClassPerRequest(),
        new CollectorOff(),
        new ContextAccumulates(),
        new GeneratorKeepsAll(),
        new CycleWithFinalizer(),
        new BlockingCallInAsync(),
        new BlockingMiddleware(),
        new BusyLoopInAsync(),
        new StreamingThroughBaseHttpMiddleware(),
        new WholeResultReturned(),
        new TasksInLoop(),
        new ClientPerRequest(),
    ];

    public static Rule? Find(string id) => All.FirstOrDefault(rule => rule.Info.Id == id);
}
