namespace LeakySpanner.Tests.CPython.Replay;

/// <summary>What reading a recording costs and gives: frozen, so that a change of either is seen. Costs may fall.</summary>
/// <param name="Version">Of the recording.</param>
/// <param name="AttachReads">At most.</param>
/// <param name="CensusReads">At most; reads are what a census costs its target.</param>
/// <param name="WalkReads">At most.</param>
/// <param name="WalkAllocatedBytes">At most; a large part of it does not depend on the heap.</param>
/// <param name="Nodes">Exactly.</param>
internal sealed record ReplayFigures(string Version, int AttachReads, int CensusReads, int WalkReads, long WalkAllocatedBytes, int Nodes)
{
    private static readonly ReplayFigures[] All =
    [
        new("3.8.18", 96, 1180, 2080, 38_500_000, 20_194),
        new("3.9.2", 96, 1280, 2740, 38_500_000, 21_333),
        new("3.10.13", 96, 1180, 2050, 38_500_000, 21_355),
        new("3.11.2", 40, 1800, 2850, 38_500_000, 21_715),
        // Which reference it is that leads nowhere is not known.
        new("3.12.1", 40, 1980, 2850, 38_500_000, 21_712) { EdgesToNothing = 1 },
        new("3.13.5", 40, 1960, 3340, 38_500_000, 23_029),
        new("3.14.10", 40, 2050, 3500, 38_500_000, 23_119),
        new("3.15.2", 40, 2090, 3580, 38_500_000, 23_314),
    ];

    /// <summary>Exactly; everything else that could be disbelieved is not there.</summary>
    public int EdgesToNothing { get; init; }

    /// <summary>Code objects know the classes and functions around theirs since 3.11 (co_qualname).</summary>
    public bool CodeIsQualified { get; init; } = System.Version.Parse(Version) >= new System.Version(3, 11);

    public static ReplayFigures Of(string feature) => All.Single(figures => figures.Version.StartsWith(feature + ".", StringComparison.Ordinal));
}
