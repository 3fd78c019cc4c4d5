using System.Collections.Immutable;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Model.Heap;

/// <summary>A walk's whole result: the graph, where the runtime's memory is, and the ranges of its arenas.</summary>
/// <param name="At">Since the start of the session.</param>
/// <param name="Runtime">"CPython 3.11.2".</param>
/// <param name="Command">The process's command line.</param>
public sealed record HeapSnapshot(
    TimeSpan At, string Runtime, string Command, HeapGraph Graph, HeapUsage Usage, ImmutableArray<AddressRange> Arenas);

/// <param name="Start">First byte.</param>
/// <param name="End">Past the last byte.</param>
public readonly record struct AddressRange(Address Start, Address End)
{
    public long Length => End - Start;
}
