namespace LeakySpanner.CPython.Code;

/// <summary>One instruction of a version's set.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Pops">Values taken, where that does not depend on the argument.</param>
/// <param name="Pushes">Values left, where that does not depend on the argument.</param>
/// <param name="Caches">Code units after it that hold the interpreter's own notes, not instructions.</param>
/// <param name="IsBackward">A jump whose argument counts backwards.</param>
public readonly record struct OpcodeFacts(Operation Operation, byte Pops = 0, byte Pushes = 0, byte Caches = 0, bool IsBackward = false);

/// <summary>
/// The instruction set of one feature version, as data. A running process rewrites its own code ("quickening"), so
/// specialised opcodes stand here with the facts of the one that they replaced.
/// </summary>
public sealed class OpcodeTable
{
    private readonly OpcodeFacts[] _facts = new OpcodeFacts[256];
    private readonly string[] _names = new string[256];

    private OpcodeTable(Version version)
    {
        Version = version;
        Array.Fill(_names, "?");
    }

    public Version Version { get; }

    /// <summary>Arguments of the binary operation that grow the left side in place: += and |=.</summary>
    public required IReadOnlyList<int> InPlaceGrowth { get; init; }

    /// <summary>Arguments of the binary operation that make something larger of the left side: + and |.</summary>
    public required IReadOnlyList<int> Growth { get; init; }

    /// <summary>Arguments of the binary operation that shrink the left side in place: -= and &amp;=.</summary>
    public required IReadOnlyList<int> InPlaceShrinkage { get; init; }

    public OpcodeFacts this[byte opcode] => _facts[opcode];

    /// <summary>CPython's own name of the base opcode, "?" where there is none.</summary>
    public string NameOf(byte opcode) => _names[opcode];

    public static OpcodeTable Create(
        Version version,
        IEnumerable<(byte Opcode, string Name, OpcodeFacts Facts)> opcodes,
        IEnumerable<(byte Specialised, byte Base)> specialised,
        IReadOnlyList<int> growth,
        IReadOnlyList<int> inPlaceGrowth,
        IReadOnlyList<int> inPlaceShrinkage)
    {
        var table = new OpcodeTable(version) { Growth = growth, InPlaceGrowth = inPlaceGrowth, InPlaceShrinkage = inPlaceShrinkage };
        foreach (var (opcode, name, facts) in opcodes)
            (table._facts[opcode], table._names[opcode]) = (facts, name);
        foreach (var (opcode, original) in specialised)
            (table._facts[opcode], table._names[opcode]) = (table._facts[original], table._names[original]);
        return table;
    }
}
