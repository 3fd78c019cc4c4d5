namespace LeakySpanner.CPython.Layouts;

/// <summary>Object kinds of CPython 3.8 (sizes checked against __basicsize__ of 3.8.18, fields against gc.get_referents).</summary>
internal static class Python38Objects
{
    public static readonly ObjectLayouts Layouts = Python39Objects.Layouts with
    {
        LruCache = Python39Objects.Layouts.LruCache with { Size = 128 },
        TypeFields =
        [
            new("__base__", 256), new("__bases__", 336), new("__mro__", 344), new("tp_cache", 352), new("__subclasses__", 360),
            new("__name__", 848), new("__slots__", 856), new("__qualname__", 864),
        ],
        InterpreterFields =
        [
            new("sys.modules", 56), new("modules by index", 64), new("sys", 72), new("builtins", 80), new("importlib", 88),
            new("codec search path", 120), new("codec search cache", 128), new("codec error registry", 136), new("state", 544), new("builtins copy", 552),
            new("import function", 560), new("before fork", 2624), new("after fork in parent", 2632), new("after fork in child", 2640), new("atexit", 2656), new("audit hooks", 2704),
        ],
        Fixed = Python39Objects.Layouts.Fixed.With(
            new("functools._lru_cache_wrapper", 128, [new("cache", 72), new("__wrapped__", 88), new("cache_info_type", 112), new("__dict__", 120)]),
            new("_asyncio.Future", 104,
            [
                new("loop", 16), new("callback", 24), new("context", 32), new("callbacks", 40), new("exception", 48), new("result", 56), new("source_tb", 64), new("__dict__", 88),
            ]),
            new("_asyncio.Task", 144, [new("waiter", 104), new("coroutine", 112), new("name", 120), new("task_context", 128)])),
    };
}
