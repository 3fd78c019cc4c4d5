namespace LeakySpanner.CPython.Code;

/// <summary>From where a jump's argument counts, and what: code units of two bytes, or (to 3.9) bytes.</summary>
public enum JumpForm : byte
{
    Forward,
    Backward,

    /// <summary>From the start of the code, to 3.10.</summary>
    Absolute,
}

/// <summary>One instruction of a version's set.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Pops">Values taken, where that does not depend on the argument; for other operations what their description says.</param>
/// <param name="Pushes">Values left, where that does not depend on the argument.</param>
/// <param name="Jump">What the argument of a jump counts from.</param>
/// <param name="Caches">Code units after it that hold the interpreter's own notes, not instructions.</param>
public readonly record struct OpcodeFacts(Operation Operation, byte Pops = 0, byte Pushes = 0, JumpForm Jump = JumpForm.Forward, byte Caches = 0);
