using System.Collections.Frozen;

namespace LeakySpanner.Scanning.Projects;

/// <summary>What is known of Python's own names (https://docs.python.org/3/library/functions.html and the typing aliases).</summary>
internal static class Builtins
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.Ordinal,
        "abs", "aiter", "all", "anext", "any", "ascii", "bin", "bool", "breakpoint", "bytearray", "bytes", "callable", "chr", "classmethod", "compile",
        "complex", "delattr", "dict", "dir", "divmod", "enumerate", "eval", "exec", "filter", "float", "format", "frozenset", "getattr", "globals",
        "hasattr", "hash", "help", "hex", "id", "input", "int", "isinstance", "issubclass", "iter", "len", "list", "locals", "map", "max", "memoryview",
        "min", "next", "object", "oct", "open", "ord", "pow", "print", "property", "range", "repr", "reversed", "round", "set", "setattr", "slice",
        "sorted", "staticmethod", "str", "sum", "super", "tuple", "type", "vars", "zip", "__import__",
        "Exception", "BaseException", "ValueError", "KeyError", "TypeError", "RuntimeError", "OSError", "IndexError", "AttributeError", "StopIteration",
        "KeyboardInterrupt", "SystemExit", "NotImplementedError", "ImportError", "TimeoutError", "LookupError", "MemoryError");

    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>
    {
        ["typing.Dict"] = "builtins.dict",
        ["typing.List"] = "builtins.list",
        ["typing.Set"] = "builtins.set",
        ["typing.FrozenSet"] = "builtins.frozenset",
        ["typing.Tuple"] = "builtins.tuple",
        ["typing.DefaultDict"] = "collections.defaultdict",
        ["typing.OrderedDict"] = "collections.OrderedDict",
        ["typing.Deque"] = "collections.deque",
        ["typing.Counter"] = "collections.Counter",
        ["typing.MutableMapping"] = "builtins.dict",
        ["typing.MutableSequence"] = "builtins.list",
        ["collections.abc.MutableMapping"] = "builtins.dict",
        ["collections.abc.MutableSequence"] = "builtins.list",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Results = new Dictionary<string, string>
    {
        ["builtins.open"] = "io.IOBase",
        ["builtins.sorted"] = "builtins.list",
        ["builtins.len"] = "builtins.int",
        ["builtins.round"] = "builtins.int",
        ["sqlite3.connect"] = "sqlite3.Connection",
        ["logging.getLogger"] = "logging.Logger",
        ["socket.create_connection"] = "socket.socket",
        ["asyncio.create_task"] = "asyncio.Task",
        ["asyncio.ensure_future"] = "asyncio.Task",
        ["asyncio.get_event_loop"] = "asyncio.AbstractEventLoop",
        ["asyncio.get_running_loop"] = "asyncio.AbstractEventLoop",
        ["requests.session"] = "requests.Session",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Classes = FrozenSet.Create(
        StringComparer.Ordinal,
        "builtins.dict", "builtins.list", "builtins.set", "builtins.frozenset", "builtins.tuple", "builtins.str", "builtins.bytes", "builtins.bytearray",
        "builtins.int", "builtins.float", "builtins.bool", "builtins.object", "collections.deque", "collections.defaultdict", "array.array",
        "socket.socket", "threading.local", "contextvars.copy_context", "multiprocessing.pool.ThreadPool");

    public static bool Contains(string name) => Names.Contains(name);

    public static string Unaliased(string name) => Aliases.GetValueOrDefault(name, name);

    /// <summary>The class of what a known function returns, or null.</summary>
    public static string? ResultOf(string function) => Results.GetValueOrDefault(function);

    /// <summary>Classes whose names are not capitalised.</summary>
    public static bool IsClass(string name) => Classes.Contains(name);
}
