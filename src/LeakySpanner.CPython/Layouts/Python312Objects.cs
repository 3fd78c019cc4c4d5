namespace LeakySpanner.CPython.Layouts;

/// <summary>Object kinds of CPython 3.12 (sizes checked against __basicsize__ of 3.12.1; structs of .c files by its debug information).</summary>
internal static class Python312Objects
{
    public static readonly ObjectLayouts Layouts = Python311Objects.Layouts with
    {
        Number = Python311Objects.Layouts.Number with { TagShift = 3 },
        TypeFields =
        [
            new("__base__", 256), new("__bases__", 336), new("__mro__", 344), new("tp_cache", 352), new("__subclasses__", 360),
            new("__name__", 856), new("__slots__", 864), new("__qualname__", 872), new("__module__", 888),
        ],
        InterpreterFields =
        [
            new("gc.garbage", 320), new("gc.callbacks", 328), new("sys", 352), new("builtins", 360), new("sys.modules", 944), new("modules by index", 952), new("importlib", 960),
            new("import function", 984), new("codec search path", 1248), new("codec search cache", 1256), new("codec error registry", 1264), new("state", 1720), new("sys copy", 1728),
            new("builtins copy", 1736), new("before fork", 3872), new("after fork in parent", 3880), new("after fork in child", 3888), new("audit hooks", 267208),
        ],
        ThreadFields =
        [
            new("profile function", 80), new("trace function", 88), new("exception", 96), new("thread state", 112), new("asynchronous exception", 128),
            new("async generator hook", 192), new("async generator finalizer", 200), new("context", 208), new("handled exception", 256),
        ],
        ThreadStack = Python311Objects.Layouts.ThreadStack with { Number = 224, PosixThread = 136, Chunk = 232, ChunkTop = 240, ExceptionInfo = 104 },
        Fixed = Python311Objects.Layouts.Fixed.With(
            new("function", 144,
            [
                new("__globals__", 16), new("__builtins__", 24), new("__name__", 32), new("__qualname__", 40), new("__code__", 48), new("__defaults__", 56), new("__kwdefaults__", 64),
                new("__closure__", 72), new("__doc__", 80), new("__dict__", 88), new("__module__", 104), new("__annotations__", 112), new("__type_params__", 120),
            ]),
            new("code", 192,
            [
                new("co_consts", 24), new("co_names", 32), new("co_exceptiontable", 40), new("co_localsplusnames", 96), new("co_localspluskinds", 104), new("co_filename", 112),
                new("co_name", 120), new("co_qualname", 128), new("co_linetable", 136),
            ])),
    };
}
