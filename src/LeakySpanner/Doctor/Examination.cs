using System.Collections.Immutable;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Doctor;

/// <summary>What works here.</summary>
/// <param name="Machine">Of where the observer runs.</param>
/// <param name="Processes">One for each that was asked about.</param>
public sealed record Examination(ImmutableArray<Finding> Machine, ImmutableArray<ProcessExamination> Processes)
{
    /// <summary>Whether nothing is in the way of those that were asked about, or, where none was, of any process.</summary>
    public bool Works => Processes.IsEmpty
        ? Machine.All(finding => finding.State < FindingState.Limited)
        : Processes.All(process => process.Works);
}

/// <param name="Pid">As we see it.</param>
/// <param name="InnermostPid">As it knows itself; null where it cannot be seen.</param>
/// <param name="Command">Its command line, or "".</param>
/// <param name="Container">Where it runs, or null.</param>
/// <param name="Runtime">"CPython 3.11.2", or null.</param>
/// <param name="Findings">In the order in which they build on one another.</param>
public sealed record ProcessExamination(
    int Pid, int? InnermostPid, string Command, ContainerFacts? Container, string? Runtime, ImmutableArray<Finding> Findings)
{
    /// <summary>Whether it can be diagnosed.</summary>
    public bool Works => Findings.All(finding => finding.State != FindingState.Broken);
}
