namespace LeakySpanner.Target.Linux;

/// <summary>Bounds on what /proc is asked for; a process chooses how many of each it has.</summary>
public static class ProcLimits
{
    /// <summary>pid_max cannot exceed this.</summary>
    public const int MaxProcesses = 1 << 22;

    public const int MaxThreads = 100_000;

    public const int MaxDescriptors = 1 << 20;

    public const int MaxSockets = 1 << 20;

    /// <summary>Levels of nested cgroups walked upwards.</summary>
    public const int MaxCgroupDepth = 64;

    public const int MaxMounts = 100_000;
}
