namespace LeakySpanner.CPython.Code;

/// <summary>One instruction with its prefixes folded in.</summary>
/// <param name="Unit">Index of its two-byte code unit.</param>
/// <param name="Next">Index of the unit after it and its caches.</param>
/// <param name="Opcode">As it stands in memory; may be a specialised one.</param>
/// <param name="Facts">What it does.</param>
/// <param name="Argument">With all prefixes.</param>
/// <param name="Distance">What a jump's argument counts, in code units.</param>
public readonly record struct Instruction(int Unit, int Next, byte Opcode, OpcodeFacts Facts, int Argument, int Distance)
{
    public Operation Operation => Facts.Operation;

    public bool Jumps => Operation is Operation.Jump or Operation.PopJump or Operation.JumpOrPop or Operation.Send or Operation.SendUntilEnd
        or Operation.ForEach or Operation.ForEachUntilEnd;

    /// <summary>The unit a jump goes to; may lie outside where the code is corrupt.</summary>
    public long Target => Facts.Jump switch
    {
        JumpForm.Absolute => Distance,
        JumpForm.Backward => (long)Next - Distance,
        _ => (long)Next + Distance,
    };

    /// <summary>A jump to itself or to what stands before it.</summary>
    public bool IsBackward => Jumps && Target <= Unit;
}
