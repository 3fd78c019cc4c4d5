using LeakySpanner.Model.Heap;

namespace LeakySpanner.Commands;

/// <summary>Snapshot files as a user names them; what is wrong with one is said in one line.</summary>
internal static class SnapshotFiles
{
    public static void Write(HeapSnapshot snapshot, string path)
    {
        try
        {
            SnapshotFile.Write(path, snapshot);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot write {path}: is its folder there, writable, and not full?");
        }
    }

    public static HeapSnapshot Read(string path)
    {
        try
        {
            return SnapshotFile.Read(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"there is no file {path}: `leakyspanner snapshot --pid N -o FILE` makes one");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read {path}: is it a file of yours?");
        }
        catch (SnapshotFileException exception)
        {
            throw new UsageException(exception.Message);
        }
    }
}
