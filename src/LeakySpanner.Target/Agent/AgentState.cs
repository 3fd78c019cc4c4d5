namespace LeakySpanner.Target.Agent;

/// <summary>What the agent does, and where it does nothing, why. A mirror of agent/wire.h.</summary>
public enum AgentState
{
    Running = 0,

    /// <summary>A version whose frames it does not know.</summary>
    UnknownPython = 1,

    /// <summary>PYTHONMALLOC=debug or -X dev: that allocator checks the size of every block.</summary>
    DebugAllocator = 2,

    /// <summary>As asked, or with the process.</summary>
    Ended = 3,

    FreeThreaded = 4,

    DebugBuild = 5,

    /// <summary>Objects do not come from pymalloc, or the interpreter has a malloc of its own within.</summary>
    OtherAllocator = 6,
}
