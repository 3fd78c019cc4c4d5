namespace LeakySpanner.CPython.Layouts;

/// <summary>Object kinds of CPython 3.11 (sizes checked against __basicsize__ of 3.11.2 and 3.11.7).</summary>
internal static class Python311Objects
{
    public static readonly ObjectLayouts Layouts = new()
    {
        ItemCount = 16,
        Deque = new DequeLayout(Length: 16, LeftBlock: 24, LeftIndex: 40, LargestLength: 64, Size: 216, BlockLength: 64, BlockItems: 8, BlockRight: 520, BlockSize: 528),
        OrderedDict = new OrderedDictLayout(FastNodes: 64, FastNodesSize: 72, Size: 112, NodeSize: 32),
        ByteArray = new ByteArrayLayout(Allocated: 24, Bytes: 32, Size: 56),
        Number = new NumberLayout(Digits: 24, DigitSize: 4),
        Array = new ArrayLayout(Items: 24, Allocated: 32, Descriptor: 40, DescriptorItemSize: 4, Size: 64),
        NumericArray = new NumericArrayLayout(
            Data: 16, DimensionCount: 24, Dimensions: 32, Strides: 40, Base: 48, Descriptor: 56, Flags: 64, Size: 80, DescriptorTypeNumber: 28,
            OwnsData: 4, ObjectTypeNumber: 17, LargestDimensionCount: 64),
        LruCache = new LruCacheLayout(LargestSize: 96, Size: 152),
        Module = new ModuleLayout(Dict: 16, Definition: 24, State: 32, Name: 48, Size: 56, DefinitionStateSize: 56),
        TypeFields =
        [
            new("__base__", 256), new("__bases__", 336), new("__mro__", 344), new("tp_cache", 352), new("__subclasses__", 360),
            new("__name__", 848), new("__slots__", 856), new("__qualname__", 864), new("__module__", 880),
        ],
        InterpreterFields =
        [
            new("gc.garbage", 856), new("gc.callbacks", 864), new("sys.modules", 888), new("modules by index", 896), new("sys", 904), new("builtins", 912), new("importlib", 920),
            new("codec search path", 936), new("codec search cache", 944), new("codec error registry", 952), new("state", 1400), new("builtins copy", 1408),
            new("import function", 1416), new("before fork", 3480), new("after fork in parent", 3488), new("after fork in child", 3496), new("audit hooks", 3552),
        ],
        ThreadFields =
        [
            new("profile function", 80), new("trace function", 88), new("exception type", 96), new("exception", 104), new("traceback", 112), new("thread state", 128),
            new("asynchronous exception", 144), new("async generator hook", 208), new("async generator finalizer", 216), new("context", 224), new("handled exception", 320),
        ],
        ThreadStack = new ThreadStackLayout(
            Number: 240, PosixThread: 152, Chunk: 296, ChunkTop: 304, ChunkPrevious: 0, ChunkSize: 8, ChunkUsed: 16, ChunkData: 24, ExceptionInfo: 120, ExceptionPrevious: 8),
        Fixed =
        [
            new("object", 16, []),
            new("float", 24, []),
            new("complex", 32, []),
            new("function", 136,
            [
                new("__globals__", 16), new("__builtins__", 24), new("__name__", 32), new("__qualname__", 40), new("__code__", 48), new("__defaults__", 56), new("__kwdefaults__", 64),
                new("__closure__", 72), new("__doc__", 80), new("__dict__", 88), new("__module__", 104), new("__annotations__", 112),
            ]),
            new("cell", 24, [new("cell_contents", 16)]),
            new("method", 48, [new("__func__", 16), new("__self__", 24)]),
            new("builtin_function_or_method", 56, [new("__self__", 24), new("__module__", 32)]),
            new("weakref.ReferenceType", 64, [new("__callback__", 24)]),
            new("weakref.ProxyType", 64, [new("__callback__", 24)]),
            new("weakref.CallableProxyType", 64, [new("__callback__", 24)]),
            new("code", 184,
            [
                new("co_consts", 24), new("co_names", 32), new("co_exceptiontable", 40), new("co_localsplusnames", 96), new("co_localspluskinds", 104), new("co_filename", 112),
                new("co_name", 120), new("co_qualname", 128), new("co_linetable", 136), new("_co_code", 152),
            ]),
            new("functools.partial", 64, [new("func", 16), new("args", 24), new("keywords", 32), new("__dict__", 40)]),
            new("functools._lru_list_elem", 56, [new("key", 40), new("result", 48)]),
            new("functools._lru_cache_wrapper", 152,
            [
                new("cache", 72), new("__wrapped__", 88), new("kwd_mark", 112), new("lru_list_elem_type", 120), new("cache_info_type", 128), new("__dict__", 136),
            ]),
            new("_contextvars.ContextVar", 64, [new("name", 16), new("default", 24)]),
            new("_asyncio.Future", 128,
            [
                new("loop", 16), new("callback", 24), new("context", 32), new("callbacks", 40), new("exception", 48), new("exception_tb", 56), new("result", 64), new("source_tb", 72), new("cancel_message", 80), new("__dict__", 104), new("cancelled_exception", 120),
            ]),
            new("_asyncio.Task", 176, [new("waiter", 128), new("coroutine", 136), new("name", 144), new("task_context", 152)]),
        ],
    };
}
