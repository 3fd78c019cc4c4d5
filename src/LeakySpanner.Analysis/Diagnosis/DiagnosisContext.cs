using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Analysis.Growth;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>What the finders of suspects share: the last snapshot and what was worked out of it.</summary>
internal sealed class DiagnosisContext
{
    public DiagnosisContext(Evidence evidence)
    {
        Evidence = evidence;
        Series = new CensusSeries(evidence.Censuses);
        if (evidence is { Before: { } before, After: { } after })
        {
            // The dominators first: their temporary columns are the larger ones.
            Dominators = DominatorTree.Compute(after.Graph);
            Paths = RootPaths.Compute(after.Graph);
            Growth = HeapGrowth.Between(before, after, Paths);
            var program = new ProgramIndex(after.Graph);
            Sites = new SiteFinder(program, evidence.WorkingDirectory);
            Endpoints = new EndpointFinder(program);
            Advisor = new FixAdvisor(program);
        }

        Measured = MeasuredGrowth.Of(evidence, Growth);
    }

    public Evidence Evidence { get; }

    public HeapGraph? Graph => Evidence.After?.Graph;

    public CensusSeries Series { get; }

    public MeasuredGrowth Measured { get; }

    public DominatorTree? Dominators { get; }

    public RootPaths? Paths { get; }

    public HeapGrowth? Growth { get; }

    public SiteFinder? Sites { get; }

    public EndpointFinder? Endpoints { get; }

    public FixAdvisor? Advisor { get; }
}
