namespace LeakySpanner.CPython.Layouts;

/// <summary>Object kinds of CPython 3.13 (sizes checked against __basicsize__ of 3.13.0 and 3.13.5; structs of .c files by debug information).</summary>
internal static class Python313Objects
{
    public static readonly ObjectLayouts Layouts = Python312Objects.Layouts with
    {
        InterpreterFields =
        [
            new("gc.garbage", 7608), new("gc.callbacks", 7616), new("sys", 7640), new("builtins", 7648), new("sys.modules", 7656), new("modules by index", 7664), new("importlib", 7672),
            new("import function", 7696), new("codec search path", 7960), new("codec search cache", 7968), new("codec error registry", 7976), new("state", 8448), new("sys copy", 8456),
            new("builtins copy", 8464), new("before fork", 10632), new("after fork in parent", 10640), new("after fork in child", 10648), new("audit hooks", 10808),
        ],
        ThreadFields =
        [
            new("profile function", 96), new("trace function", 104), new("exception", 112), new("thread state", 128), new("asynchronous exception", 144),
            new("async generator hook", 192), new("async generator finalizer", 200), new("context", 208), new("handled exception", 256),
            new("threading local key", 288), new("threading local sentinel", 296), new("running loop", 304),
        ],
        ThreadStack = Python312Objects.Layouts.ThreadStack with { Number = 224, PosixThread = 152, Chunk = 232, ChunkTop = 240, ExceptionInfo = 120 },
        FrameObjectFields = [new("f_extra_locals", 48), new("f_locals_cache", 56)],
        Fixed = Python312Objects.Layouts.Fixed.With(
            new("code", 200,
            [
                new("co_consts", 24), new("co_names", 32), new("co_exceptiontable", 40), new("co_localsplusnames", 96), new("co_localspluskinds", 104), new("co_filename", 112),
                new("co_name", 120), new("co_qualname", 128), new("co_linetable", 136),
            ]),
            new("_asyncio.Future", 104,
            [
                new("loop", 16), new("callback", 24), new("context", 32), new("callbacks", 40), new("exception", 48), new("exception_tb", 56), new("result", 64), new("source_tb", 72), new("cancel_message", 80), new("cancelled_exception", 88),
            ]),
            new("_asyncio.Task", 144, [new("waiter", 112), new("coroutine", 120), new("name", 128), new("task_context", 136)])),
    };
}
