namespace LeakySpanner.CPython.Layouts;

/// <summary>CPython 3.9, as its headers compile on x86-64 (checked with offsetof on 3.9.18, and by reading 3.9.2).</summary>
public static class Python39
{
    public static readonly PythonLayout Layout = Python310.Layout with
    {
        Version = new Version(3, 9),
        Runtime = Python310.Layout.Runtime with { Size = 656 },
        Interpreter = Python310.Layout.Interpreter with { Size = 5656 },
        Thread = Python310.Layout.Thread with { Size = 264 },
        Frame = Python310.Layout.Frame with { StackTop = 72, FrameObjectTrace = 80, Generator = 96, PreviousInstruction = 104, LocalsPlus = 360, StackTopIsPointer = true },
        Coroutine = new CoroutineLayout(Code: 32, WeakList: 40, Name: 48, QualifiedName: 56, ExceptionState: 64, Origin: 96, FrameState: -1, Frame: 16),
        // Arenas and pools grew with 3.10's radix tree (Objects/obmalloc.c).
        Pool = Python310.Layout.Pool with { ArenaSize = 256 << 10, PoolSize = 4 << 10 },
        // Modules/_functoolsmodule.c readies the type of a cache's entries from 3.10 on.
        Type = Python310.Layout.Type with
        {
            HeapName = 840,
            HeapSlots = 848,
            HeapQualifiedName = 856,
            HeapCachedKeys = 864,
            HeapModule = 872,
            HeapSize = 880,
            UnreadyType = "functools._lru_list_elem",
        },
        Function = new FunctionLayout(
            Globals: 24, Builtins: -1, Name: 64, QualifiedName: 104, Code: 16, Defaults: 32, KeywordDefaults: 40, Closure: 48, Documentation: 56, Dict: 72, WeakList: 80, Module: 88, Annotations: 96),
        Objects = Python39Objects.Layouts,
    };
}
