using System.Collections.Frozen;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Types;

/// <summary>What instances of a type are for: by the flags CPython keeps for its basic types, else by the name of the type or of its nearest known base.</summary>
internal static class KindRules
{
    private static readonly FrozenDictionary<string, ObjectKind> StaticTypes = new Dictionary<string, ObjectKind>
    {
        ["float"] = ObjectKind.Number,
        ["complex"] = ObjectKind.Number,
        ["set"] = ObjectKind.Set,
        ["frozenset"] = ObjectKind.Set,
        ["frozendict"] = ObjectKind.Mapping,
        ["bytearray"] = ObjectKind.Binary,
        ["memoryview"] = ObjectKind.Binary,
        ["function"] = ObjectKind.Function,
        ["builtin_function_or_method"] = ObjectKind.Function,
        ["method"] = ObjectKind.Method,
        ["code"] = ObjectKind.Code,
        ["cell"] = ObjectKind.Cell,
        ["module"] = ObjectKind.Module,
        ["frame"] = ObjectKind.Frame,
        ["generator"] = ObjectKind.Coroutine,
        ["coroutine"] = ObjectKind.Coroutine,
        ["async_generator"] = ObjectKind.Coroutine,
        ["weakref"] = ObjectKind.WeakReference,
        ["weakproxy"] = ObjectKind.WeakReference,
        ["weakcallableproxy"] = ObjectKind.WeakReference,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, ObjectKind> Qualified = new Dictionary<string, ObjectKind>
    {
        ["array.array"] = ObjectKind.Binary,
        ["collections.deque"] = ObjectKind.Queue,
        ["functools._lru_cache_wrapper"] = ObjectKind.Cache,
        ["_asyncio.Task"] = ObjectKind.Task,
        ["asyncio.tasks.Task"] = ObjectKind.Task,
        ["weakref.ReferenceType"] = ObjectKind.WeakReference,
        ["weakref.ProxyType"] = ObjectKind.WeakReference,
        ["weakref.CallableProxyType"] = ObjectKind.WeakReference,
    }.ToFrozenDictionary();

    public static ObjectKind Of(string name, ulong flags, bool isHeapType, PythonType? parent)
    {
        if ((flags & TypeFlags.DictSubclass) != 0)
            return ObjectKind.Mapping;
        if ((flags & (TypeFlags.ListSubclass | TypeFlags.TupleSubclass)) != 0)
            return ObjectKind.Sequence;
        if ((flags & TypeFlags.TextSubclass) != 0)
            return ObjectKind.Text;
        if ((flags & TypeFlags.BytesSubclass) != 0)
            return ObjectKind.Binary;
        if ((flags & TypeFlags.LongSubclass) != 0)
            return ObjectKind.Number;
        if ((flags & TypeFlags.TypeSubclass) != 0)
            return ObjectKind.Type;
        // A class statement may reuse a bare name ("module"), but not without its module in front.
        if (Qualified.TryGetValue(name, out var kind) || (!isHeapType && StaticTypes.TryGetValue(name, out kind)))
            return kind;
        return parent?.Kind ?? ObjectKind.Instance;
    }
}
