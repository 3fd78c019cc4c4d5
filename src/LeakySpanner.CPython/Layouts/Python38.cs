namespace LeakySpanner.CPython.Layouts;

/// <summary>CPython 3.8, as its headers compile on x86-64 (checked with offsetof on 3.8.18). One collector serves all interpreters.</summary>
public static class Python38
{
    public static readonly PythonLayout Layout = Python39.Layout with
    {
        Version = new Version(3, 8),
        Runtime = Python39.Layout.Runtime with { Size = 1464, Collector = 344 },
        Interpreter = new InterpreterLayout(
            Next: 0, ThreadsHead: 8, Collector: -1, Modules: 56, ModulesByIndex: 64, SysDict: 72, Builtins: 80, ImportLib: 88, CodecSearchPath: 120, Size: 2720),
        // tp_print came back at the end of PyTypeObject, and PyHeapTypeObject has no ht_module yet.
        Type = Python39.Layout.Type with { Size = 416, HeapName = 848, HeapSlots = 856, HeapQualifiedName = 864, HeapCachedKeys = 872, HeapModule = -1, HeapSize = 880 },
        Tracemalloc = TracemallocLayouts.Python38,
        Objects = Python38Objects.Layouts,
    };
}
