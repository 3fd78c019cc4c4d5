namespace LeakySpanner.CPython.Walk;

/// <param name="Workers">Threads that read; two keep both halves of a walk busy without taking a service's other cores.</param>
/// <param name="NativeRoots">Whether objects that nothing known holds are looked for in native memory, word by word.</param>
/// <param name="Program">Whether code and routing tables are read too; they seldom change between two walks.</param>
/// <param name="Limits">Bounds on hostile input.</param>
public sealed record WalkOptions(int Workers = 2, bool NativeRoots = true, bool Program = true, WalkLimits? Limits = null)
{
    public static readonly WalkOptions Default = new();
}
