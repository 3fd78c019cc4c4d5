using System.Globalization;
using System.Text;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Sessions.Sampling;

/// <summary>
/// What can be known of a process only while it lives, and what its source files are to us: relative ones lie in its working directory, and the files of
/// one with another root or other mounts are out of reach once it has ended.
/// </summary>
internal sealed class SampledFiles
{
    /// <summary>No source file of a person's is larger.</summary>
    private const int LargestSource = 4 << 20;

    private readonly int _pid;
    private readonly string? _folder;
    private readonly bool _isElsewhere;

    private SampledFiles(int pid, string? folder, bool isElsewhere) => (_pid, _folder, _isElsewhere) = (pid, folder, isElsewhere);

    public static SampledFiles Of(int pid) => new(
        pid, LinkOf(pid, "cwd"), LinkOf(pid, "root") is not ("/" or null) || (LinkOf(pid, "ns/mnt") is { } mounts && mounts != LinkOf(Environment.ProcessId, "ns/mnt")));

    /// <summary>Arguments separated by spaces, null once it has ended.</summary>
    public static string? CommandOf(int pid)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Of(pid, "cmdline"))).TrimEnd('\0').Replace('\0', ' ') is { Length: > 0 } command ? command : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>As the kernel knows it, "" where it has ended.</summary>
    public string NameOfThread(int thread)
    {
        try
        {
            return File.ReadAllText(Of(_pid, string.Create(CultureInfo.InvariantCulture, $"task/{thread}/comm"))).TrimEnd('\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Null where it cannot be read. Only names of Python's source files are followed, whatever else code claims to be from.</summary>
    public string? TryReadSource(string file)
    {
        if (!file.EndsWith(".py", StringComparison.Ordinal) || (!Path.IsPathRooted(file) && _folder is null))
            return null;
        var path = Path.Combine(_folder ?? "/", file);
        return TextFile.TryRead(_isElsewhere ? $"{Of(_pid, "root")}{path}" : path, LargestSource);
    }

    private static string? LinkOf(int pid, string name)
    {
        try
        {
            return File.ResolveLinkTarget(Of(pid, name), returnFinalTarget: false) is { } target ? name.StartsWith("ns/", StringComparison.Ordinal) ? target.Name : target.FullName : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Of(int pid, string name) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{name}");
}
