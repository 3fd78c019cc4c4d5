using System.Diagnostics;
using System.Globalization;
using System.Text;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Sidecar.Diagnoses;

/// <summary>
/// A diagnosis made by a process of its own: what it needs of memory, which grows with the service, is given back at its end, and a
/// fault of it is not ours.
/// </summary>
internal static class ChildDiagnosis
{
    /// <summary>By SIGKILL.</summary>
    private const int Killed = 128 + 9;

    private const int MostOutput = 16 * 1024 * 1024;

    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(30);

    /// <summary>Snapshots of a large service on a busy machine take minutes.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <returns>The diagnosis as JSON, or in one line why there is none.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the child is gone.</exception>
    public static async Task<(string? Json, string? Trouble)> MakeAsync(int pid, CancellationToken cancel)
    {
        var start = OwnExecutable.Start(
        [
            "diagnose", "--pid", pid.ToString(CultureInfo.InvariantCulture), "--json",
            "--duration", Watch.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s",
        ]);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardOutputEncoding = start.StandardErrorEncoding = Encoding.UTF8;
        SmallHeap.RemoveFrom(start.Environment);

        using var process = Process.Start(start);
        if (process is null)
            return (null, "the diagnosis could not be started");
        ObserverMemory.OfferFirst(process.Id);
        using var timeout = new CancellationTokenSource(Longest);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            process.StandardInput.Close();
            var error = ReadAsync(process.StandardError, 4096, either.Token);
            var json = await ReadAsync(process.StandardOutput, MostOutput, either.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            if (json.StartsWith('{'))
                return (json.Trim(), null);
            return (null, process.ExitCode == Killed ? "its process was killed, which is what the kernel does first where memory runs out" : FirstLine(await error.ConfigureAwait(false)));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (null, $"the diagnosis took more than {Longest.TotalMinutes:0} minutes");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static async Task<string> ReadAsync(StreamReader from, int most, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        while (await from.ReadAsync(buffer, cancel).ConfigureAwait(false) is > 0 and var count)
        {
            if (text.Length + count <= most)
                text.Append(buffer, 0, count);
        }

        return text.ToString();
    }

    private static string FirstLine(string error)
    {
        var line = error.Split('\n')[0].Trim();
        return line.Length == 0 ? "the diagnosis ended without an answer" : line.Replace("leakyspanner: ", "", StringComparison.Ordinal);
    }
}
