namespace LeakySpanner.CPython.Code;

/// <summary>One instruction with its prefixes folded in.</summary>
/// <param name="Unit">Index of its two-byte code unit.</param>
/// <param name="Next">Index of the unit after it and its caches.</param>
/// <param name="Opcode">As it stands in memory; may be a specialised one.</param>
/// <param name="Facts">What it does.</param>
/// <param name="Argument">With all prefixes.</param>
public readonly record struct Instruction(int Unit, int Next, byte Opcode, OpcodeFacts Facts, int Argument)
{
    public Operation Operation => Facts.Operation;

    public bool Jumps => Operation is Operation.Jump or Operation.PopJump or Operation.JumpOrPop or Operation.Send or Operation.ForEach;

    /// <summary>The unit a jump goes to, counted from the one after it; may lie outside where the code is corrupt.</summary>
    public long Target => Facts.IsBackward ? (long)Next - Argument : (long)Next + Argument;
}
