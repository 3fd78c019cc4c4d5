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
            Program = new ProgramIndex(after.Graph);
            Sites = new SiteFinder(Program, evidence.WorkingDirectory);
            Endpoints = new EndpointFinder(Program);
            Advisor = new FixAdvisor(Program);
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

    public ProgramIndex? Program { get; }

    public SiteFinder? Sites { get; }

    public EndpointFinder? Endpoints { get; }

    public FixAdvisor? Advisor { get; }
}
