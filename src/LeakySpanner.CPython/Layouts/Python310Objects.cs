namespace LeakySpanner.CPython.Layouts;

/// <summary>Object kinds of CPython 3.10 (sizes checked against __basicsize__ of 3.10.13, fields against gc.get_referents).</summary>
internal static class Python310Objects
{
    public static readonly ObjectLayouts Layouts = Python311Objects.Layouts with
    {
        Deque = Python311Objects.Layouts.Deque with { Size = 80 },
        TypeFields =
        [
            new("__base__", 256), new("__bases__", 336), new("__mro__", 344), new("tp_cache", 352), new("__subclasses__", 360),
            new("__name__", 848), new("__slots__", 856), new("__qualname__", 864), new("__module__", 880),
        ],
        InterpreterFields =
        [
            new("gc.garbage", 824), new("gc.callbacks", 832), new("sys.modules", 856), new("modules by index", 864), new("sys", 872), new("builtins", 880), new("importlib", 888),
            new("codec search path", 912), new("codec search cache", 920), new("codec error registry", 928), new("state", 1344), new("builtins copy", 1352),
            new("import function", 1360), new("before fork", 3424), new("after fork in parent", 3432), new("after fork in child", 3440), new("audit hooks", 3504),
        ],
        ThreadFields =
        [
            new("profile function", 72), new("trace function", 80), new("exception type", 88), new("exception", 96), new("traceback", 104),
            new("handled exception type", 112), new("handled exception", 120), new("handled traceback", 128), new("thread state", 152),
            new("asynchronous exception", 168), new("on delete", 208), new("async generator hook", 224), new("async generator finalizer", 232), new("context", 240),
        ],
        ThreadStack = new ThreadStackLayout(
            Number: 256, PosixThread: 176, Chunk: -1, ChunkTop: -1, ChunkPrevious: -1, ChunkSize: -1, ChunkUsed: -1, ChunkData: -1, ExceptionInfo: 144, ExceptionPrevious: 24),
        Fixed = Python311Objects.Layouts.Fixed.With(
            new("function", 128, Python311Objects.Layouts.Fixed.First(known => known.TypeName == "function").Fields),
            new("weakref.ReferenceType", 56, [new("__callback__", 24)]),
            new("weakref.ProxyType", 56, [new("__callback__", 24)]),
            new("weakref.CallableProxyType", 56, [new("__callback__", 24)]),
            new("code", 176,
            [
                new("co_code", 48), new("co_consts", 56), new("co_names", 64), new("co_varnames", 72), new("co_freevars", 80), new("co_cellvars", 88),
                new("co_filename", 104), new("co_name", 112), new("co_linetable", 120),
            ]),
            new("_asyncio.Future", 152,
            [
                new("loop", 16), new("callback", 24), new("context", 32), new("callbacks", 40), new("exception", 48), new("exception_tb", 56), new("result", 64), new("source_tb", 72),
                new("cancel_message", 80), new("__dict__", 104), new("cancelled_exception_type", 120), new("cancelled_exception", 128), new("cancelled_exception_tb", 136),
            ]),
            new("_asyncio.Task", 192, [new("waiter", 152), new("coroutine", 160), new("name", 168), new("task_context", 176)])),
    };
}
