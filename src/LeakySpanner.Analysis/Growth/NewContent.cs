using System.Collections.Immutable;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <summary>New objects below one place, looked through breadth first up to a number of them.</summary>
internal sealed class NewContent
{
    private const string TimerHandle = "TimerHandle";

    public NewContent(HeapGraph graph, RootPaths paths, HeapMatch match, int node, int most, int mostEntries)
    {
        var tally = new TypeTally(graph);
        var (newBytes, taskBytes, timerBytes, boundedBytes) = (0L, 0L, 0L, 0L);
        var open = new Queue<(int Node, bool InTask, bool InTimer, bool InBounded)>();
        var onPath = PathContains(graph, paths, node);
        open.Enqueue((node, onPath.Task, onPath.Timer, false));
        var seen = new HashSet<int> { node };
        var entries = ImmutableArray.CreateBuilder<int>();
        while (open.TryDequeue(out var item))
        {
            var (at, inTask, inTimer, inBounded) = item;
            var kind = graph.KindOf(new NodeId(at));
            inTask |= kind == ObjectKind.Task;
            inTimer |= graph.TypeOf(new NodeId(at)).Name.EndsWith(TimerHandle, StringComparison.Ordinal);
            inBounded |= at != node && graph.Bounds.TryGetValue(at, out var bound) && bound >= 0 && graph.LengthOf(new NodeId(at)) <= bound;
            if (match.IsNew(at))
            {
                var size = graph.SizeOf(new NodeId(at));
                newBytes += size;
                taskBytes += inTask ? size : 0;
                timerBytes += inTimer && !inTask ? size : 0;
                boundedBytes += inBounded ? size : 0;
                tally.Add(at, 1, size);
                Tasks += kind == ObjectKind.Task ? 1 : 0;
                if (entries.Count < mostEntries && paths.Parents[at] == node && kind is not (ObjectKind.Text or ObjectKind.Number))
                    entries.Add(at);
            }

            foreach (var target in graph.EdgesOf(new NodeId(at)))
            {
                if (target >= 0 && paths.Parents[target] == at && seen.Count <= most && seen.Add(target))
                    open.Enqueue((target, inTask, inTimer, inBounded));
            }
        }

        Types = [.. tally.Largest()];
        Entries = entries.ToImmutable();
        TaskShare = taskBytes / (double)Math.Max(1, newBytes);
        BoundedShare = boundedBytes / (double)Math.Max(1, newBytes);
        TimerShare = timerBytes / (double)Math.Max(1, newBytes);
    }

    public ImmutableArray<TypeNet> Types { get; }

    /// <summary>New entries of the place itself.</summary>
    public ImmutableArray<int> Entries { get; }

    public int Tasks { get; }

    public double TaskShare { get; }

    public double TimerShare { get; }

    public double BoundedShare { get; }

    private static (bool Task, bool Timer) PathContains(HeapGraph graph, RootPaths paths, int node)
    {
        var (task, timer) = (false, false);
        for (var at = paths.Parents[node]; at >= 0; at = paths.Parents[at])
        {
            task |= graph.KindOf(new NodeId(at)) == ObjectKind.Task;
            timer |= graph.TypeOf(new NodeId(at)).Name.EndsWith(TimerHandle, StringComparison.Ordinal);
        }

        return (task, timer);
    }
}
