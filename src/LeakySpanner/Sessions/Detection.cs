using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Sessions;

/// <summary>The answer of `detect`: memory as the kernel counts it, and nothing else.</summary>
/// <param name="Process">Who was watched.</param>
/// <param name="Verdict">Leak, no leak, too early.</param>
/// <param name="First">The first sample.</param>
/// <param name="Last">The last sample.</param>
/// <param name="Notes">What the reader should know, such as a process that ended half-way.</param>
public sealed record Detection(ProcessFacts Process, Verdict Verdict, MemorySample First, MemorySample Last, IReadOnlyList<string> Notes);
