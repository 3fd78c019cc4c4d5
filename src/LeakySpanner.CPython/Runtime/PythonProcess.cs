using System.Collections.Immutable;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Tracemalloc;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Runtime;

/// <summary>A target in which a supported CPython was found and believed.</summary>
public sealed class PythonProcess
{
    /// <summary>Interpreters followed from the runtime's list: one, and a few subinterpreters; more is a corrupt list.</summary>
    private const int MostInterpreters = 64;

    private PythonProcess(ITarget target, PythonLayout layout, PythonVersion version, Address runtime, ImmutableArray<Address> interpreters, TypeRegistry types)
    {
        Target = target;
        Layout = layout;
        Version = version;
        Runtime = runtime;
        Interpreters = interpreters;
        Types = types;
        Tracemalloc = new TracemallocVariables(this);
    }

    public ITarget Target { get; }

    public ITargetMemory Memory => Target.Memory;

    public PythonLayout Layout { get; }

    public PythonVersion Version { get; }

    /// <summary>"CPython 3.11.2".</summary>
    public string Description => "CPython " + Version.Text;

    /// <summary>_PyRuntime.</summary>
    public Address Runtime { get; }

    /// <summary>The main interpreter's PyInterpreterState.</summary>
    public Address Interpreter => Interpreters[0];

    /// <summary>The main interpreter first, then the others.</summary>
    public ImmutableArray<Address> Interpreters { get; }

    /// <summary>The struct _gc_runtime_state that collects an interpreter's objects.</summary>
    public Address CollectorOf(Address interpreter) =>
        Layout.Runtime.Collector >= 0 ? Runtime + Layout.Runtime.Collector : interpreter + Layout.Interpreter.Collector;

    /// <summary>Types are verified once for the process's life; call <see cref="TypeRegistry.Revalidate"/> before a new reading.</summary>
    public TypeRegistry Types { get; }

    /// <summary>Found once, when they are first asked for.</summary>
    internal TracemallocVariables Tracemalloc { get; }

    /// <exception cref="TargetException">NotPython where no CPython runs (or none is initialised); NotSupported where
    /// its version or build has no layout.</exception>
    public static PythonProcess Attach(ITarget target)
    {
        if (!target.TryFindSymbol("_PyRuntime", out var runtime, out var image))
            throw NotPython(target);
        var version = FindVersion(target, image);
        if (PythonVersion.HasBuildLetter(image, 't') || target.TryFindSymbol("_Py_MergeZeroLocalRefcount", out _, out _))
            throw NotSupported($"CPython {version?.Text} in {image} is a free-threaded build");
        if (target.TryFindSymbol("_Py_RefTotal", out _, out _) || PythonVersion.HasBuildLetter(image, 'd'))
            throw NotSupported($"CPython {version?.Text} in {image} is a debug build (Py_DEBUG)");
        if (version is null || SupportedLayouts.Find(version.Feature) is not { } layout)
            throw NotSupported($"CPython {version?.Text ?? "of unknown version"} in {image} has no layout");

        layout = OwnOffsets.Apply(target.Memory, layout, runtime, out var isFreeThreaded);
        if (isFreeThreaded)
            throw NotSupported($"CPython {version.Text} in {image} is a free-threaded build");
        var interpreters = FindInterpreters(target.Memory, layout, runtime);
        if (interpreters.IsEmpty)
            throw new TargetException(TargetFailure.NotPython, $"{image} holds CPython {version.Text}, but no interpreter runs in it (starting, ending, or only linked)");
        layout = OwnOffsets.ApplyLists(target.Memory, layout, interpreters[0]);
        var types = FindTypeOfTypes(target, layout, interpreters[0]) is { } typeOfTypes ? TypeRegistry.TryCreate(target.Memory, layout, typeOfTypes) : null;
        return types is null
            ? throw NotSupported($"CPython {version.Text} in {image} does not match its layout (a patched or unusual build)")
            : new PythonProcess(target, layout, SysVersion.TryRead(target.Memory, layout, interpreters[0], version) ?? version, runtime, interpreters, types);
    }

    private static TargetException NotPython(ITarget target) => new(
        TargetFailure.NotPython,
        target.ReadRegions().Select(region => PythonVersion.FromPath(region.Path)).FirstOrDefault(version => version is not null) is { } version
            ? $"the process maps files of Python {version.Text}, but no image exports _PyRuntime (CPython before 3.7, or a binary without dynamic symbols)"
            : "the process runs no CPython: neither its executable nor a library exports _PyRuntime");

    private static TargetException NotSupported(string what) => new(
        TargetFailure.NotSupported, $"{what}; supported: default builds of CPython {string.Join(", ", SupportedLayouts.All.Select(layout => layout.Version))}");

    private static PythonVersion? FindVersion(ITarget target, string image) =>
        target.TryFindSymbol("Py_Version", out var address, out _) && target.Memory.TryReadUInt64(address, out var hex) && PythonVersion.FromHex(hex) is { } exact
            ? exact
            : PythonVersion.FromPath(image)
              ?? target.ReadRegions().Select(region => PythonVersion.FromPath(region.Path)).FirstOrDefault(version => version is not null);

    /// <summary>Main first. An interpreter is believed if its first thread points back at it.</summary>
    private static ImmutableArray<Address> FindInterpreters(ITargetMemory memory, PythonLayout layout, Address runtime)
    {
        if (!memory.TryReadAddress(runtime + layout.Runtime.InterpretersMain, out var main) || !memory.TryReadAddress(runtime + layout.Runtime.InterpretersHead, out var next))
            return [];
        var found = new List<Address>();
        while (!next.IsNull && found.Count < MostInterpreters && !found.Contains(next))
        {
            if (memory.TryReadAddress(next + layout.Interpreter.ThreadsHead, out var thread)
                && memory.TryReadAddress(thread + layout.Thread.Interpreter, out var owner) && owner == next)
                found.Add(next);
            if (!memory.TryReadAddress(next + layout.Interpreter.Next, out next))
                break;
        }
        return found.Remove(main) ? [main, .. found] : [];
    }

    /// <summary>The exported PyType_Type; without it, the type of the type of the dict of modules.</summary>
    private static Address? FindTypeOfTypes(ITarget target, PythonLayout layout, Address interpreter)
    {
        if (target.TryFindSymbol("PyType_Type", out var exported, out _))
            return exported;
        return target.Memory.TryReadAddress(interpreter + layout.Interpreter.Modules, out var modules)
            && target.Memory.TryReadAddress(modules + TypeRegistry.TypeOffset, out var dict)
            && target.Memory.TryReadAddress(dict + TypeRegistry.TypeOffset, out var type)
            ? type
            : null;
    }
}
