namespace LeakySpanner.Model.Heap;

/// <summary>A file that is no snapshot, is of another version, or was damaged. The message says which, and is one line.</summary>
public sealed class SnapshotFileException : Exception
{
    public SnapshotFileException()
    {
    }

    public SnapshotFileException(string message)
        : base(message)
    {
    }

    public SnapshotFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
