using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Analysis.Growth;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Tracemalloc;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target;

namespace LeakySpanner.Testing.Recording;

/// <summary>
/// All that is ever read of a process, once, on the calling thread: interpreter and layout, a census, a walk with code and routes,
/// tracemalloc's table; and what an analysis makes of it first.
/// </summary>
/// <param name="Python">The interpreter.</param>
/// <param name="Census">Its objects by type.</param>
/// <param name="Snapshot">Its objects and their references.</param>
/// <param name="Allocations">Its traces; a note where it traces nothing.</param>
public sealed record WholeReading(PythonProcess Python, HeapCensus Census, HeapSnapshot Snapshot, AllocationTable Allocations)
{
    private const int MostSites = 100;

    /// <summary>Containers whose paths and lines are looked for.</summary>
    private const int Containers = 4;

    /// <exception cref="TargetException">No Python is believed to run there.</exception>
    public static WholeReading Of(ITarget target) => Of(PythonProcess.Attach(target));

    public static WholeReading Of(PythonProcess python) => new(
        python,
        new CensusTaker(python).Take(TimeSpan.Zero),
        new HeapWalker(python).Walk(new WalkOptions(Workers: 1), TimeSpan.Zero),
        TracemallocReader.Read(python, MostSites));

    /// <summary>Who holds what, what it keeps alive, and which lines fill the longest containers.</summary>
    /// <param name="before">An earlier snapshot, to compare with; or null.</param>
    public void Analyse(HeapSnapshot? before)
    {
        var graph = Snapshot.Graph;
        DominatorTree.Compute(graph);
        var paths = RootPaths.Compute(graph);
        if (before is not null)
            HeapGrowth.Between(HeapBaseline.Of(before, RootPaths.Compute(before.Graph)), Snapshot, paths);
        var sites = new SiteFinder(new ProgramIndex(graph));
        foreach (var container in Enumerable.Range(0, graph.NodeCount).Select(i => new NodeId(i)).OrderByDescending(graph.LengthOf).Take(Containers))
        {
            paths.PathTo(container);
            sites.Find(container);
        }
    }
}
