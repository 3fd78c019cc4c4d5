namespace LeakySpanner.Model.Heap;

/// <summary>
/// A snapshot as a file: a magic number, a version, and sections (tables and columns), each in frames of a megabyte that are
/// compressed and checksummed one by one. A process's structure is its owner's business: the file is readable by the owner only.
/// </summary>
public static class SnapshotFile
{
    public const int Version = 1;

    internal static ReadOnlySpan<byte> Magic => "LSPANNER"u8;

    /// <summary>Writes beside the file first, so that there is a whole file or none. 7 million objects take some seconds.</summary>
    /// <exception cref="IOException">The folder cannot be written, or the disk is full.</exception>
    public static void Write(string path, HeapSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var partial = $"{path}.{Environment.ProcessId}.partial";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Delete(partial);
        try
        {
            using (var file = new FileStream(partial, options))
                Write(file, snapshot);
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    public static void Write(Stream stream, HeapSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(snapshot);
        SnapshotWriter.Write(stream, snapshot);
    }

    /// <exception cref="SnapshotFileException">It is no snapshot, of another version, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static HeapSnapshot Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        try
        {
            return Read(file);
        }
        catch (SnapshotFileException e)
        {
            throw new SnapshotFileException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads what anybody may have written: memory grows with what was really read, and everything is checked.</summary>
    /// <exception cref="SnapshotFileException">It is no snapshot, of another version, or damaged.</exception>
    public static HeapSnapshot Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            return SnapshotReader.Read(stream);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException or ArgumentException or OverflowException)
        {
            throw new SnapshotFileException($"the snapshot is damaged: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
