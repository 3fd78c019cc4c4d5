using System.Globalization;
using System.Text.RegularExpressions;

namespace LeakySpanner.Testing.Live;

/// <summary>samples/load.py with the requests of a sample: bounded, loopback only, stopped when disposed.</summary>
public sealed partial class LoadDriver : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private LoadDriver(ChildProcess process) => _process = process;

    /// <summary>Starts the load and returns once so many requests were answered.</summary>
    public static async Task<LoadDriver> StartAsync(PythonService service, Sample sample, TimeSpan longest, int answered = 1)
    {
        var process = ChildProcess.Start(PythonService.Interpreter,
        [
            Path.Combine(Sample.Folder, "load.py"), service.Url.ToString(), "--sample", sample.Description,
            "--duration", longest.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            "--announce", answered.ToString(CultureInfo.InvariantCulture),
        ]);
        try
        {
            await process.WaitForLineAsync(Announcement(), longest);
            return new LoadDriver(process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    [GeneratedRegex(@"^answered \d+")]
    private static partial Regex Announcement();
}
