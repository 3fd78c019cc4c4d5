using System.Diagnostics;

namespace LeakySpanner.Testing.Live;

/// <summary>A script under any interpreter, spoken to in lines. It ends when its input does, or is ended.</summary>
public sealed class ScriptProcess : IDisposable
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Staging _staging;
    private readonly Process _process;

    /// <param name="python">Who runs it.</param>
    /// <param name="script">A file of this checkout, which is copied to where that interpreter sees it.</param>
    /// <param name="arguments">For the script.</param>
    public ScriptProcess(InstalledPython python, string script, params string[] arguments)
    {
        _staging = new Staging(python, script);
        var command = python.Command(["-B", _staging.PathOf(Path.GetFileName(script)), .. arguments]);
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PYTHON", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        start.Environment["PYTHONHASHSEED"] = "0";
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start");
    }

    public int Pid => _process.Id;

    /// <exception cref="TimeoutException">No line within a minute.</exception>
    /// <exception cref="InvalidOperationException">The script has ended.</exception>
    public async Task<string> ReceiveAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(LongestAnswer) ?? throw new InvalidOperationException("the script has ended");

    public Task<string> AskAsync(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return ReceiveAsync();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(Grace))
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _staging.Dispose();
    }
}
