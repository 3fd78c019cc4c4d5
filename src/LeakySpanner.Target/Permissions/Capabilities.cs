namespace LeakySpanner.Target.Permissions;

/// <summary>A set of capabilities (capabilities(7)), as the masks of /proc/PID/status write it.</summary>
public readonly record struct Capabilities(ulong Mask)
{
    private const int SysPtraceBit = 19;

    /// <summary>Reads and stops processes of other users, inside the user namespace that it was given in.</summary>
    public bool SysPtrace => (Mask >> SysPtraceBit & 1) != 0;

    public bool Contains(Capabilities others) => (others.Mask & ~Mask) == 0;
}
