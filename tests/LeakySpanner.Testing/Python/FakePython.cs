using System.Diagnostics.CodeAnalysis;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Target.Memory;
using LeakySpanner.Testing.Memory;

namespace LeakySpanner.Testing.Python;

/// <summary>
/// A process image with a CPython in it, laid out by a <see cref="PythonLayout"/>: runtime, one interpreter with one thread, the
/// basic types, and a heap of arenas that hands out blocks as pymalloc does. Objects of each kind are in its other parts.
/// </summary>
public sealed partial class FakePython : ITarget
{
    private static readonly Address Image = new(0x5555_0000_0000);
    private static readonly Address Native = new(0x5600_0000_0000);
    private static readonly Address FirstArena = new(0x7f00_0000_0000);

    private readonly Dictionary<string, Address> _symbols = new(StringComparer.Ordinal);
    private Address _imageEnd = Image;
    private Address _nativeEnd = Native;

    public FakePython(PythonLayout layout)
    {
        Layout = layout;
        Runtime = InImage(layout.Runtime.Size);
        Interpreter = InNative(layout.Interpreter.Size);
        Thread = InNative(layout.Thread.Size);
        Memory.Write(Runtime + layout.Runtime.InterpretersHead, Interpreter);
        Memory.Write(Runtime + layout.Runtime.InterpretersMain, Interpreter);
        Memory.Write(Interpreter + layout.Interpreter.ThreadsHead, Thread);
        Memory.Write(Thread + layout.Thread.Interpreter, Interpreter);
        WriteCollector();
        CreateBasicTypes();
        Memory.Write(Interpreter + layout.Interpreter.Modules, Dict());
        var version = InImage(8);
        Memory.Write(version, ((ulong)layout.Version.Major << 24) | ((ulong)layout.Version.Minor << 16) | 0x02f0);
        _symbols["_PyRuntime"] = Runtime;
        _symbols["Py_Version"] = version;
        _symbols["PyType_Type"] = TypeType;
    }

    public FakePython()
        : this(Python311.Layout)
    {
    }

    public FakeMemory Memory { get; } = new();

    public PythonLayout Layout { get; }

    public Address Runtime { get; }

    public Address Interpreter { get; }

    public Address Thread { get; }

    /// <summary>"python3.11" by default; what the symbols are said to be found in.</summary>
    public string ImageName { get; set; } = "/usr/bin/python3.11";

    /// <summary>Exported symbols; a test takes away or adds.</summary>
    public IDictionary<string, Address> Symbols => _symbols;

    /// <summary>Mappings besides those of the image, the native heap and the arenas.</summary>
    public IList<MappedRegion> MoreRegions { get; } = [];

    ITargetMemory ITarget.Memory => Memory;

    public IReadOnlyList<MappedRegion> ReadRegions() =>
    [
        .. new[]
        {
            new MappedRegion(Image, RoundUp(_imageEnd), "rw-p", 0, 1, ImageName),
            new MappedRegion(Native, RoundUp(_nativeEnd), "rw-p", 0, 0, "[heap]"),
            new MappedRegion(FirstArena, FirstArena + ((long)ArenaCount * Layout.Pool.ArenaSize), "rw-p", 0, 0, ""),
        }.Where(region => region.Length > 0).Concat(MoreRegions).OrderBy(region => region.Start),
    ];

    public bool TryFindSymbol(string name, out Address address, [NotNullWhen(true)] out string? image)
    {
        var found = _symbols.TryGetValue(name, out address);
        image = found ? ImageName : null;
        return found;
    }

    /// <summary>Zeroed static data of the executable.</summary>
    public Address InImage(int size) => Take(ref _imageEnd, size);

    /// <summary>Zeroed memory of the C allocator: type objects, and blocks over 512 bytes.</summary>
    public Address InNative(int size) => Take(ref _nativeEnd, size);

    private Address Take(ref Address end, int size)
    {
        var taken = end;
        Memory.Map(taken, size);
        end += (size + 31) & ~31;
        return taken;
    }

    private static Address RoundUp(Address address) => new((address.Value + 4095) & ~4095UL);

    private void WriteCollector()
    {
        var layout = Layout.Collector;
        var collector = Collector;
        Memory.WriteUInt32(collector + layout.Enabled, 1);
        for (var i = 0; i <= layout.GenerationCount; i++)
        {
            var head = i < layout.GenerationCount ? Generation(i) : collector + layout.PermanentGeneration;
            Memory.Write(head, head);
            Memory.Write(head + 8, head);
            Memory.WriteUInt32(head + layout.Threshold, i == 0 ? 700u : 10u);
        }
    }

    private Address Generation(int index) =>
        Collector + Layout.Collector.Generations + (index * Layout.Collector.GenerationSize);

    private Address Collector =>
        Layout.Runtime.Collector >= 0 ? Runtime + Layout.Runtime.Collector : Interpreter + Layout.Interpreter.Collector;
}
