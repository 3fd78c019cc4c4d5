namespace LeakySpanner.Target.Agent;

/// <summary>A function's code, or a library of native code.</summary>
/// <param name="IsNative">Then only the name is known.</param>
/// <param name="LineTable">As the interpreter keeps it.</param>
public sealed record AgentCode(bool IsNative, string File, string Name, byte[] LineTable, int FirstLine);

/// <param name="Code">Index of the code.</param>
/// <param name="Instruction">Byte offset within it.</param>
public readonly record struct AgentFrame(int Code, int Instruction);

/// <param name="Frames">The innermost first.</param>
/// <param name="IsCut">Frames further out were not kept.</param>
public sealed record AgentTrace(AgentFrame[] Frames, bool IsCut);

/// <summary>What the agent counts.</summary>
/// <param name="Samples">Blocks sampled so far.</param>
/// <param name="SlotsFull">Samples that found no slot.</param>
/// <param name="StacksFull">Samples whose stack was not kept.</param>
/// <param name="NoPython">Samples of threads that did not run Python just then.</param>
/// <param name="EventsLost">Events for which nobody had made room.</param>
/// <param name="LiveBlocks">Samples that have not been freed.</param>
public readonly record struct AgentCounts(long Samples, long SlotsFull, long StacksFull, long NoPython, long EventsLost, long LiveBlocks);
