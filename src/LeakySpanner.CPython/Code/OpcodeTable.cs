namespace LeakySpanner.CPython.Code;

/// <summary>
/// The instruction set of one feature version, as data. A running process rewrites its own code ("quickening", and instrumentation
/// for debuggers), so specialised opcodes stand here with the facts of the one that they replaced.
/// </summary>
public sealed class OpcodeTable
{
    private readonly OpcodeFacts[] _facts = new OpcodeFacts[256];
    private readonly string[] _names = new string[256];
    private readonly IReadOnlyList<(int Index, int Number)> _commonNumbers;

    /// <param name="version">Feature version.</param>
    /// <param name="lines">How its code objects write down lines.</param>
    /// <param name="jumpsCountBytes">Arguments of jumps count bytes, to 3.9; else code units.</param>
    /// <param name="commonNumbers">Whole numbers among the constants that every program shares, by index.</param>
    /// <param name="instructions">The numbers of its instructions; what they do is in <see cref="InstructionMeanings"/>.</param>
    internal OpcodeTable(Version version, LineTableForm lines, bool jumpsCountBytes, IReadOnlyList<(int Index, int Number)> commonNumbers, IReadOnlyList<NumberedInstruction> instructions)
    {
        (Version, Lines, JumpsCountBytes, _commonNumbers, Instructions) = (version, lines, jumpsCountBytes, commonNumbers, instructions);
        Array.Fill(_names, "?");
        foreach (var instruction in instructions)
        {
            var facts = InstructionMeanings.Of(instruction.Name, version.Minor) with { Caches = instruction.Caches };
            foreach (var number in instruction.Specialised.Append(instruction.Number))
                (_facts[number], _names[number]) = (facts, instruction.Name);
        }
    }

    public Version Version { get; }

    public LineTableForm Lines { get; }

    public bool JumpsCountBytes { get; }

    public OpcodeFacts this[byte opcode] => _facts[opcode];

    /// <summary>The rows that it was made of.</summary>
    public IReadOnlyList<NumberedInstruction> Instructions { get; }

    /// <summary>The number that a common constant is; null where it is none.</summary>
    public int? CommonNumber(int index)
    {
        foreach (var (at, number) in _commonNumbers)
        {
            if (at == index)
                return number;
        }

        return null;
    }

    /// <summary>CPython's own name of the base opcode, "?" where there is none.</summary>
    public string NameOf(byte opcode) => _names[opcode];
}

/// <summary>One row of a version's table (src/LeakySpanner.CPython/Code/Tables, written by scripts/layout/opcodes.py).</summary>
/// <param name="Number">The opcode.</param>
/// <param name="Name">CPython's name.</param>
/// <param name="Caches">Code units after it that are no instructions.</param>
/// <param name="Specialised">Opcodes that a running process puts in its place.</param>
public sealed record NumberedInstruction(byte Number, string Name, byte Caches, params byte[] Specialised)
{
    public NumberedInstruction(byte number, string name)
        : this(number, name, 0)
    {
    }
}
