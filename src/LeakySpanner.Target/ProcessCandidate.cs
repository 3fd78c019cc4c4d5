namespace LeakySpanner.Target;

/// <summary>A process that answers a search.</summary>
/// <param name="Pid">Of the process.</param>
/// <param name="ParentPid">Workers of one server share it, or have the server itself here.</param>
/// <param name="Command">Its arguments joined by spaces.</param>
public readonly record struct ProcessCandidate(int Pid, int ParentPid, string Command);
