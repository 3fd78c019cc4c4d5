using System.Collections.Immutable;

namespace LeakySpanner.Model.Heap;

/// <summary>
/// A row of the type table. A frame or coroutine has one row per code object ("coroutine app.jobs.poll"), so that its
/// locals have names and its instances can be counted by what they run.
/// </summary>
/// <param name="Name">Qualified name: "dict", "app.models.User", "coroutine app.jobs.poll".</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Fields">Names of the leading edges of every object of this type, in order. An empty field keeps its
/// place in the edges as <see cref="NodeId.None"/>. Heap types name their class edge "__class__" first.</param>
/// <param name="Tail">What the edges after the fields are.</param>
/// <param name="Conservative">True where edges were found by scanning memory for addresses of known objects.</param>
/// <param name="Address">The type object in the target; null for a synthetic row.</param>
public sealed record TypeInfo(
    string Name,
    ObjectKind Kind,
    ImmutableArray<string> Fields,
    EdgeTail Tail = EdgeTail.None,
    bool Conservative = false,
    Address Address = default);
