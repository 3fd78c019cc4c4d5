using System.Collections.Frozen;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Retention;

/// <summary>
/// What leads everywhere and explains nothing: modules whose business is to register other people's objects, and fields
/// that point from an object back to the program's structure. A path through them is taken only where there is no other.
/// </summary>
internal static class Bookkeeping
{
    private static readonly FrozenSet<string> Modules = FrozenSet.ToFrozenSet(
    [
        "abc", "asyncio", "atexit", "builtins", "concurrent", "contextlib", "copyreg", "ctypes", "encodings", "functools", "gc",
        "importlib", "inspect", "io", "linecache", "logging", "multiprocessing", "re", "selectors", "signal", "sys", "threading",
        "traceback", "types", "typing", "warnings", "weakref", "zipimport",
    ]);

    private static readonly FrozenSet<string> Fields = FrozenSet.ToFrozenSet(
    [
        "__class__", "__base__", "__bases__", "__builtins__", "__frame__", "__function__", "__globals__", "__mro__", "__origin__", "__subclasses__", "f_back", "f_builtins",
        "f_code", "f_func", "f_globals", "f_trace", "frame_obj", "func_builtins", "func_globals", "tp_base", "tp_bases", "tp_cache", "tp_mro",
        "tp_subclasses", "tp_weaklist",
    ]);

    /// <summary>By the first part of its dotted name; a leading underscore marks an implementation of one of them in C.</summary>
    public static bool IsModule(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var first = dot < 0 ? name : name[..dot];
        return first != "__main__" && (first.StartsWith('_') || Modules.Contains(first));
    }

    public static bool IsField(string name) => Fields.Contains(name);

    /// <summary>For every row of the type table: which of its fields are bookkeeping, or null where none is.</summary>
    public static bool[]?[] FieldsByType(HeapGraph graph) =>
        [.. graph.TypeTable.Select(type => type.Fields.Any(IsField) ? type.Fields.Select(IsField).ToArray() : null)];
}
