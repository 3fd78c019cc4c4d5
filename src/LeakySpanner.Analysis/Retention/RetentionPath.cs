using System.Collections.Immutable;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Retention;

/// <param name="Root">Where it starts.</param>
/// <param name="Segments">For a person: "module app.cache", "results_cache".</param>
/// <param name="Name">The same as one dotted name: "app.cache.results_cache".</param>
/// <param name="Nodes">Every object on the way, bookkeeping included, from the root's to the last.</param>
public sealed record RetentionPath(Root Root, ImmutableArray<string> Segments, string Name, ImmutableArray<NodeId> Nodes);
