namespace LeakySpanner.Model.Usage;

/// <summary>A sampled block was handed out or freed.</summary>
/// <param name="IsFree">It was freed.</param>
/// <param name="Time">CLOCK_MONOTONIC.</param>
/// <param name="Address">Names the block until it is freed.</param>
/// <param name="Bytes">As asked for.</param>
/// <param name="Request">Number of the request in progress, 0 for none.</param>
/// <param name="Stack">Number of the stack that asked; 0 where none is known.</param>
/// <param name="Thread">Of the process, which allocated it, as the process numbers it; 0 where it is not known.</param>
/// <param name="IsEnding">The runtime was shutting down: what is freed now was held to the program's end.</param>
public readonly record struct AllocationEvent(bool IsFree, TimeSpan Time, ulong Address, long Bytes, ulong Request, int Stack, int Thread = 0, bool IsEnding = false);
