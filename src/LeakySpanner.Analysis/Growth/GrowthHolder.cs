using System.Collections.Immutable;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <summary>An object below which growth gathers: usually a container, at whatever depth.</summary>
/// <param name="Node">In the later graph: what a person would call the container.</param>
/// <param name="Storage">The object that has the entries, where that is another one: the dict inside of a cache object.</param>
/// <param name="Path">What keeps it alive.</param>
/// <param name="Type">Its type's name.</param>
/// <param name="NetBytes">Shallow sizes of all new objects that it brought into the heap, less those of objects gone.</param>
/// <param name="NetObjects">The same in objects.</param>
/// <param name="LengthBefore">Entries then; null where it was new or very short.</param>
/// <param name="Length">Entries now.</param>
/// <param name="IsNew">Made between the two moments.</param>
/// <param name="Bound">The largest number of entries that it allows itself, or null.</param>
/// <param name="TaskBytes">Of the net bytes, those that new tasks hold.</param>
/// <param name="Tasks">New tasks among what it holds.</param>
/// <param name="TimerBytes">Those that timers hold which have not fired, tasks excluded.</param>
/// <param name="BoundedBytes">Those in parts of it that allow themselves only so many entries.</param>
/// <param name="Content">Types of what is new in it, by bytes; from a bounded sample.</param>
/// <param name="AlsoHeldBy">Names of other containers that hold some of the same new objects.</param>
public sealed record GrowthHolder(
    NodeId Node,
    NodeId Storage,
    RetentionPath Path,
    string Type,
    long NetBytes,
    long NetObjects,
    int? LengthBefore,
    int Length,
    bool IsNew,
    long? Bound,
    long TaskBytes,
    int Tasks,
    long TimerBytes,
    long BoundedBytes,
    ImmutableArray<TypeNet> Content,
    ImmutableArray<string> AlsoHeldBy)
{
    /// <summary>Entries it has more than before; null where it is no container.</summary>
    public int? NetEntries { get; init; }
}

/// <param name="Name">Type name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Objects">New objects less those gone.</param>
/// <param name="Bytes">Their shallow sizes, and growth of those that stayed.</param>
public readonly record struct TypeNet(string Name, ObjectKind Kind, long Objects, long Bytes);
