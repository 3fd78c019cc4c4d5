namespace LeakySpanner.CPython.Layouts;

/// <summary>Object kinds of CPython 3.15 (sizes checked against __basicsize__ of 3.15.2).</summary>
internal static class Python315Objects
{
    public static readonly ObjectLayouts Layouts = Python314Objects.Layouts with
    {
        ByteArray = new ByteArrayLayout(Allocated: 24, Bytes: 32, Size: 64) { BytesObject = 56 },
        Module = new ModuleLayout(Dict: 16, Definition: -1, State: 24, Name: 40, Size: 104, DefinitionStateSize: -1) { StateSize = 56 },
        TypeFields =
        [
            new("__base__", 256), new("__bases__", 336), new("__mro__", 344), new("tp_cache", 352), new("__subclasses__", 360),
            new("__name__", 864), new("__slots__", 872), new("__qualname__", 880), new("__module__", 896),
        ],
        InterpreterFields =
        [
            new("gc.garbage", 7528), new("gc.callbacks", 7536), new("sys", 7576), new("builtins", 7584), new("sys.modules", 7592), new("modules by index", 7600), new("importlib", 7608),
            new("import function", 7632), new("lazy imports filter", 7656), new("lazy modules", 7664), new("codec search path", 7952), new("codec search cache", 7960), new("codec error registry", 7968),
            new("state", 8448), new("sys copy", 8456), new("builtins copy", 8464), new("before fork", 10672), new("after fork in parent", 10680), new("after fork in child", 10688),
            new("audit hooks", 10888),
        ],
        ThreadFields =
        [
            new("profile function", 120), new("trace function", 128), new("exception", 136), new("thread state", 152), new("asynchronous exception", 168),
            new("async generator hook", 216), new("async generator finalizer", 224), new("context", 232), new("handled exception", 288),
            new("threading local key", 328), new("threading local sentinel", 336), new("running loop", 1024), new("running task", 1032),
        ],
        ThreadStack = Python314Objects.Layouts.ThreadStack with { Number = 248, PosixThread = 176, Chunk = 256, ChunkTop = 264, ExceptionInfo = 144 },
    };
}
