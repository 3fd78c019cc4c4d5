namespace LeakySpanner.CPython.Layouts;

/// <summary>Object kinds of CPython 3.9 (sizes checked against __basicsize__ of 3.9.2 and 3.9.18, fields against gc.get_referents).</summary>
internal static class Python39Objects
{
    public static readonly ObjectLayouts Layouts = Python310Objects.Layouts with
    {
        LruCache = Python310Objects.Layouts.LruCache with { Size = 136 },
        TypeFields =
        [
            new("__base__", 256), new("__bases__", 336), new("__mro__", 344), new("tp_cache", 352), new("__subclasses__", 360),
            new("__name__", 840), new("__slots__", 848), new("__qualname__", 856), new("__module__", 872),
        ],
        InterpreterFields =
        [
            new("gc.garbage", 824), new("gc.callbacks", 832), new("sys.modules", 856), new("modules by index", 864), new("sys", 872), new("builtins", 880), new("importlib", 888),
            new("codec search path", 912), new("codec search cache", 920), new("codec error registry", 928), new("state", 1376), new("builtins copy", 1384),
            new("import function", 1392), new("before fork", 3456), new("after fork in parent", 3464), new("after fork in child", 3472), new("atexit", 3488), new("audit hooks", 3536),
        ],
        Fixed = Python310Objects.Layouts.Fixed.With(
            new("function", 120,
            [
                new("__code__", 16), new("__globals__", 24), new("__defaults__", 32), new("__kwdefaults__", 40), new("__closure__", 48), new("__doc__", 56), new("__name__", 64),
                new("__dict__", 72), new("__module__", 88), new("__annotations__", 96), new("__qualname__", 104),
            ]),
            new("weakref", 56, [new("__callback__", 24)]),
            new("weakproxy", 56, [new("__callback__", 24)]),
            new("weakcallableproxy", 56, [new("__callback__", 24)]),
            new("functools._lru_cache_wrapper", 136, [new("cache", 72), new("__wrapped__", 88), new("cache_info_type", 112), new("__dict__", 120)]),
            new("ContextVar", 64, [new("name", 16), new("default", 24)]),
            new("_asyncio.Future", 144,
            [
                new("loop", 16), new("callback", 24), new("context", 32), new("callbacks", 40), new("exception", 48), new("result", 56), new("source_tb", 64),
                new("cancel_message", 72), new("__dict__", 96), new("cancelled_exception_type", 112), new("cancelled_exception", 120), new("cancelled_exception_tb", 128),
            ]),
            new("_asyncio.Task", 184, [new("waiter", 144), new("coroutine", 152), new("name", 160), new("task_context", 168)])),
    };
}
