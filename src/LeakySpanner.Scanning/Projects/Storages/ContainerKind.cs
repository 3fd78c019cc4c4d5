namespace LeakySpanner.Scanning.Projects.Storages;

public enum ContainerKind : byte
{
    /// <summary>Not known, or no container.</summary>
    Unknown,
    Mapping,
    List,
    Deque,
    Set,
    Queue,

    /// <summary>It drops entries by itself.</summary>
    Bounded,
}
