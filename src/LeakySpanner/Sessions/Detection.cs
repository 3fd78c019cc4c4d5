using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Sessions;

/// <summary>The answer of `detect`: memory as the kernel counts it, and nothing else.</summary>
/// <param name="Process">Who was watched.</param>
/// <param name="Report">Leak, no leak, too early, and the figures.</param>
/// <param name="Notes">What the reader should know, such as a process that ended half-way.</param>
public sealed record Detection(ProcessFacts Process, DetectReport Report, IReadOnlyList<string> Notes)
{
    /// <summary>How the process ended, or null where it outlived the watching.</summary>
    public ProcessEnd? End { get; init; }
}
