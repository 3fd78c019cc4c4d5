using LeakySpanner.Commands;
using LeakySpanner.Scanning;
using LeakySpanner.Scanning.Baselines;

namespace LeakySpanner.Sessions.Scanning;

/// <summary>Baselines on disk.</summary>
internal static class BaselineFiles
{
    /// <exception cref="UsageException">It is not there, cannot be read, or is not a baseline.</exception>
    public static Baseline Read(string path)
    {
        try
        {
            return Baseline.Parse(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new UsageException($"{path} cannot be used as a baseline: {exception.Message.TrimEnd('.')}; --write-baseline {path} makes one");
        }
    }

    /// <exception cref="UsageException">It cannot be written.</exception>
    public static void Write(string path, ScanResult result)
    {
        try
        {
            File.WriteAllText(path, Baseline.Of(result));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the baseline cannot be written: {exception.Message}");
        }
    }
}
