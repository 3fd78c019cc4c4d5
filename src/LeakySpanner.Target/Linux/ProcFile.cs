using System.Text;

namespace LeakySpanner.Target.Linux;

/// <summary>How reading a file of /proc ended.</summary>
public enum ProcOutcome
{
    Read,
    Vanished,
    Denied,
    Failed,
}

/// <summary>
/// Files of /proc, which vanish between any two calls, whose size is told as 0, and whose read can fail after open
/// succeeded. None of this is an exception here.
/// </summary>
public static class ProcFile
{
    /// <summary>More than any such file has; what exceeds it is cut off.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    public static ProcOutcome TryReadBytes(string path, out byte[] bytes)
    {
        bytes = [];
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var buffer = new byte[16 * 1024];
            var length = 0;
            while (length < MaxBytes)
            {
                if (length == buffer.Length)
                    Array.Resize(ref buffer, buffer.Length * 2);
                var count = file.Read(buffer, length, buffer.Length - length);
                if (count <= 0)
                    break;
                length += count;
            }

            bytes = buffer[..length];
            return ProcOutcome.Read;
        }
        catch (UnauthorizedAccessException)
        {
            return ProcOutcome.Denied;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ProcOutcome.Vanished;
        }
        catch (IOException e)
        {
            // ESRCH comes from a read after the process was reaped.
            return (e.HResult & 0xffff) == 3 ? ProcOutcome.Vanished : ProcOutcome.Failed;
        }
    }

    /// <summary>Names in /proc are bytes; what is not UTF-8 among them becomes replacement characters.</summary>
    public static ProcOutcome TryReadText(string path, out string text)
    {
        var outcome = TryReadBytes(path, out var bytes);
        text = Encoding.UTF8.GetString(bytes);
        return outcome;
    }
}
