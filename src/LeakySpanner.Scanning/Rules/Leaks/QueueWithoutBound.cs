using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Projects.Storages;
using LeakySpanner.Scanning.Symbols;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>A queue without a size that requests fill.</summary>
public sealed class QueueWithoutBound : Rule
{
    public override RuleInfo Info { get; } = new(
        "unbounded_queue",
        "queue without a bound",
        RuleSeverity.Medium,
        """
        Requests put work into a queue that has no greatest size. As soon as they come faster than somebody takes work out, be it for a slow minute of the database, the queue
        grows, and nothing makes the producers wait or refuses them. With a size, put waits (or put_nowait raises, and the request can be answered with 503).
        """,
        """
        jobs = asyncio.Queue()

        @app.post("/jobs")
        async def enqueue(job: str):
            await jobs.put(job)
        """,
        """
        jobs = asyncio.Queue(maxsize=1000)

        @app.post("/jobs")
        async def enqueue(job: str):
            await jobs.put(job)
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var (storage, mutation) in context.Facts.Storages.In(module))
        {
            if (mutation.Kind != MutationKind.Grow || mutation.By is null || context.Reach.Of(mutation.By) != Frequency.Repeated)
                continue;
            if (storage.Outer is not null || ContainerKinds.Of(storage, context.Project) != ContainerKind.Queue || IsWatched(storage))
                continue;
            if (context.Facts.Storages.Lifetimes.Of(storage) != Lifetime.Process)
                continue;
            context.Report(context.Case(
                mutation.At,
                $"{storage.ShortName} is filled {context.When(mutation.By)} and has no greatest size: nothing makes requests wait when it is emptied too slowly",
                $"{storage.ShortName} = asyncio.Queue(maxsize=1000)",
                Confidence.High,
                mutation.By) with
            {
                Subject = storage.Name,
            });
        }
    }

    /// <summary>Somebody looks at its size before filling it.</summary>
    private static bool IsWatched(Storage storage) => storage.Mutations.Any(mutation => mutation.Kind == MutationKind.Measure);
}
