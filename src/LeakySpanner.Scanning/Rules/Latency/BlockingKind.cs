namespace LeakySpanner.Scanning.Rules.Latency;

/// <summary>What a call makes its thread wait for.</summary>
public enum BlockingKind : byte
{
    /// <summary>The clock.</summary>
    Sleep,

    /// <summary>Another machine.</summary>
    Network,

    /// <summary>A database, by a driver without await.</summary>
    Database,

    /// <summary>Another process.</summary>
    Process,

    /// <summary>Another thread.</summary>
    Thread,

    /// <summary>A person.</summary>
    Input,

    /// <summary>A whole tree of files, or an archive.</summary>
    Files,

    /// <summary>One file of unknown size.</summary>
    File,

    /// <summary>The processor: work that takes long by intention.</summary>
    Computation,
}
