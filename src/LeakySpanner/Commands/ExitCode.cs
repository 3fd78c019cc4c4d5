namespace LeakySpanner.Commands;

/// <summary>What the shell is told; the same for every command.</summary>
public static class ExitCode
{
    public const int Fine = 0;
    public const int Leak = 1;
    public const int Usage = 2;

    /// <summary>The target is gone, not permitted, not Python, or not supported.</summary>
    public const int Target = 3;

    /// <summary>A bug of ours.</summary>
    public const int Internal = 70;
}
