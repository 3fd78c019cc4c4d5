namespace LeakySpanner.CPython.Layouts;

/// <summary>Object kinds of CPython 3.14 (sizes checked against __basicsize__ of 3.14.10).</summary>
internal static class Python314Objects
{
    public static readonly ObjectLayouts Layouts = Python313Objects.Layouts with
    {
        InterpreterFields =
        [
            new("gc.garbage", 7608), new("gc.callbacks", 7616), new("sys", 7672), new("builtins", 7680), new("sys.modules", 7688), new("modules by index", 7696), new("importlib", 7704),
            new("import function", 7728), new("codec search path", 8000), new("codec search cache", 8008), new("codec error registry", 8016), new("state", 8496), new("sys copy", 8504),
            new("builtins copy", 8512), new("before fork", 10696), new("after fork in parent", 10704), new("after fork in child", 10712), new("audit hooks", 10912),
        ],
        ThreadFields =
        [
            new("profile function", 96), new("trace function", 104), new("exception", 112), new("thread state", 128), new("asynchronous exception", 144),
            new("async generator hook", 192), new("async generator finalizer", 200), new("context", 208), new("handled exception", 256),
            new("threading local key", 288), new("threading local sentinel", 296), new("running loop", 864), new("running task", 872),
        ],
        FrameObjectFields = [new("f_extra_locals", 48), new("f_locals_cache", 56), new("f_overwritten_fast_locals", 64)],
        Fixed = Python313Objects.Layouts.Fixed.With(
            new("function", 152,
            [
                new("__globals__", 16), new("__builtins__", 24), new("__name__", 32), new("__qualname__", 40), new("__code__", 48), new("__defaults__", 56), new("__kwdefaults__", 64),
                new("__closure__", 72), new("__doc__", 80), new("__dict__", 88), new("__module__", 104), new("__annotations__", 112), new("__annotate__", 120), new("__type_params__", 128),
            ]),
            new("code", 208,
            [
                new("co_consts", 24), new("co_names", 32), new("co_exceptiontable", 40), new("co_localsplusnames", 96), new("co_localspluskinds", 104), new("co_filename", 112),
                new("co_name", 120), new("co_qualname", 128), new("co_linetable", 136),
            ]),
            new("functools.partial", 80, [new("func", 16), new("args", 24), new("keywords", 32), new("__dict__", 40), new("placeholder", 56)]),
            new("_asyncio.Future", 112,
            [
                new("loop", 16), new("callback", 24), new("context", 32), new("callbacks", 40), new("exception", 48), new("exception_tb", 56), new("result", 64), new("source_tb", 72), new("cancel_message", 80), new("cancelled_exception", 88),
                new("awaited_by", 96),
            ]),
            new("_asyncio.Task", 168, [new("waiter", 120), new("coroutine", 128), new("name", 136), new("task_context", 144)])),
    };
}
