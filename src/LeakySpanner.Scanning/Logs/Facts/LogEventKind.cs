namespace LeakySpanner.Scanning.Logs.Facts;

/// <summary>What a line says that has to do with memory, or with the resources whose leaks end in the same way.</summary>
public enum LogEventKind
{
    /// <summary>A process, worker or container was killed. Why: <see cref="KillCause"/>.</summary>
    Killed,

    /// <summary>A platform says that a quota is exceeded, and kills nothing yet (Heroku R14, a kernel's reclaim).</summary>
    MemoryExceeded,

    /// <summary>gunicorn gives up a worker that does not answer.</summary>
    WorkerTimeout,
    Started,

    /// <summary>Ended by itself, or was asked to.</summary>
    Ended,

    /// <summary>A server replaces a worker after so many requests.</summary>
    Recycled,
    Evicted,
    RestartBackOff,
    MemoryError,
    TooManyOpenFiles,
    NoMoreThreads,
    PoolExhausted,
    UnclosedSession,
    UnclosedResource,
    TaskDestroyed,
    CoroutineNotAwaited,

    /// <summary>Our own log: memory is above its baseline by more than the threshold.</summary>
    GrowthAlert,

    /// <summary>Our own log: the verdict became LEAK.</summary>
    LeakVerdict,

    /// <summary>Our own log: a diagnosis named a culprit.</summary>
    Diagnosis,
}

/// <summary>Who killed, as far as the line tells.</summary>
public enum KillCause
{
    /// <summary>Signal 9 or exit 137 from somebody: memory is likely, not certain.</summary>
    Signal,

    /// <summary>The kernel or the platform says: for want of memory.</summary>
    OutOfMemory,

    /// <summary>gunicorn killed a worker that had not answered in time: no sign of memory.</summary>
    Timeout,
}
