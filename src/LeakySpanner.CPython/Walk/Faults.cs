namespace LeakySpanner.CPython.Walk;

/// <summary>The names under which a walk's coverage counts what it did not believe.</summary>
public static class Faults
{
    public const string ObjectChanged = "object changed between two looks";
    public const string ObjectUnreadable = "object not readable";
    public const string ObjectCutOff = "object larger than its block";
    public const string EdgeToNothing = "reference to no object";
    public const string BufferUnreadable = "buffer not readable";
    public const string BufferBudget = "more buffers than memory";
    public const string DictInconsistent = "dict inconsistent";
    public const string ListInconsistent = "list inconsistent";
    public const string SetInconsistent = "set inconsistent";
    public const string DequeInconsistent = "deque inconsistent";
    public const string TextInconsistent = "text inconsistent";
    public const string BufferInconsistent = "buffer inconsistent";
    public const string FrameInconsistent = "frame inconsistent";
    public const string AttributesInconsistent = "inline attributes inconsistent";
    public const string TooManyObjects = "objects outside arenas beyond the limit";
    public const string TooManyTypes = "types beyond the limit";
    public const string TooManyEdges = "edges beyond the limit";
    public const string TooManyNames = "names beyond the limit";
    public const string ModuleTableInconsistent = "sys.modules inconsistent";
    public const string ThreadListInconsistent = "thread list inconsistent";
    public const string NativeNotScanned = "native memory not looked through (64 KiB pieces)";
}
