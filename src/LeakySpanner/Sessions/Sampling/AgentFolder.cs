using System.Globalization;
using System.Runtime.InteropServices;
using LeakySpanner.Commands;
using LeakySpanner.Target.Agent;

namespace LeakySpanner.Sessions.Sampling;

/// <summary>Where the agents of a run keep their files, and what they leave there to say why they do not sample.</summary>
internal sealed class AgentFolder : IDisposable
{
    /// <summary>A dozen processes. Containers have 64 MB of shared memory unless they ask for more, and some 64 KB.</summary>
    private const long Enough = 64 << 20;

    private const string SharedMemory = "/dev/shm";

    private readonly DirectoryInfo _folder;

    private AgentFolder(DirectoryInfo folder, string? note) => (_folder, Note) = (folder, note);

    public string Path => _folder.FullName;

    /// <summary>What to know of the place; null where it is the usual one.</summary>
    public string? Note { get; }

    /// <exception cref="UsageException">There is no place for it.</exception>
    public static AgentFolder Create()
    {
        var free = FreeBytes(SharedMemory);
        var place = free >= Enough ? SharedMemory : System.IO.Path.GetTempPath();
        var name = string.Create(CultureInfo.InvariantCulture, $"leakyspanner-run-{Environment.ProcessId}-{Guid.NewGuid():N}");
        DirectoryInfo folder;
        try
        {
            folder = Directory.CreateDirectory(System.IO.Path.Combine(place, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"no folder for samples in {place} ({exception.Message}): set TMPDIR to one that can be written");
        }

        return new AgentFolder(folder, free >= Enough ? null
            : string.Create(CultureInfo.InvariantCulture, $"{SharedMemory} has {free / 1024:N0} KiB free, which is too little (5 MiB per process): samples are kept in {place} instead"));
    }

    /// <summary>The files of agents.</summary>
    public IEnumerable<string> Files() => _folder.EnumerateFiles("*.agent").Select(file => file.FullName);

    /// <summary>Processes that found no room: PID-ERRNO.failed.</summary>
    public IEnumerable<string> Failures() => _folder.EnumerateFiles("*-*.failed").Select(file => file.Name[..^".failed".Length].Split('-')).Select(parts =>
        int.TryParse(parts[^1], CultureInfo.InvariantCulture, out var error) && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var pid)
            ? string.Create(CultureInfo.InvariantCulture, $"pid {pid} was not sampled: no file in {_folder.Parent!.FullName} ({Marshal.GetPInvokeErrorMessage(error)}); it needs 5 MiB there")
            : "a process was not sampled");

    /// <summary>Why there are no samples of a process, or no more; null where it is sampled to its end.</summary>
    public static string? RefusalOf(AgentState state, uint pythonHex) => state switch
    {
        AgentState.Running or AgentState.Ended => null,
        AgentState.UnknownPython => string.Create(CultureInfo.InvariantCulture, $"CPython {pythonHex >> 24}.{pythonHex >> 16 & 0xFF} is not known: 3.8 to 3.15 are"),
        AgentState.DebugAllocator => "its allocator is the debugging one: run it without PYTHONMALLOC=debug, PYTHONDEVMODE and -X dev",
        AgentState.FreeThreaded => "it is a free-threaded build, whose allocator has no place for samples",
        AgentState.DebugBuild => "it is a debug build of Python",
        AgentState.OtherAllocator => "its objects come neither from pymalloc nor from the C library (PYTHONMALLOC, or an allocator linked into it)",
        _ => "its agent has stopped",
    };

    public void Dispose()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A child that lives on is writing its file.
        }
    }

    private static long FreeBytes(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? new DriveInfo(folder).AvailableFreeSpace : 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
