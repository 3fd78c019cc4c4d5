namespace LeakySpanner.CPython.Code;

/// <summary>Goes through code units one instruction at a time: prefixes folded, caches skipped. Stops at what is not code.</summary>
public ref struct InstructionDecoder(ReadOnlySpan<byte> code, OpcodeTable opcodes)
{
    private readonly ReadOnlySpan<byte> _code = code;
    private readonly OpcodeTable _opcodes = opcodes;
    private int _unit;

    public Instruction Current { get; private set; }

    /// <summary>True once a byte was met that is no instruction of this version.</summary>
    public bool IsCorrupt { get; private set; }

    public bool MoveNext()
    {
        uint prefix = 0;
        while (!IsCorrupt && 2L * _unit + 1 < _code.Length)
        {
            var opcode = _code[2 * _unit];
            var facts = _opcodes[opcode];
            var argument = (prefix << 8) | _code[2 * _unit + 1];
            if (facts.Operation == Operation.Invalid)
            {
                IsCorrupt = true;
                return false;
            }

            var unit = _unit;
            _unit += 1 + facts.Caches;
            if (facts.Operation == Operation.ExtendedArgument)
            {
                prefix = argument;
                continue;
            }

            var value = (int)(argument & int.MaxValue);
            Current = new Instruction(unit, _unit, opcode, facts, value, _opcodes.JumpsCountBytes ? value / 2 : value);
            return true;
        }

        return false;
    }
}
