using System.Diagnostics;
using System.Text.Json;

namespace LeakySpanner.Benchmarks;

/// <summary>A Python program under measurement, spoken to in lines: a command in, a JSON object out.</summary>
internal sealed class PythonScript : IDisposable
{
    private readonly Process _process;

    private PythonScript(Process process) => _process = process;

    public int Pid => _process.Id;

    /// <param name="script">A file in benchmarks/targets.</param>
    /// <param name="arguments">For the script.</param>
    /// <remarks>The interpreter is /usr/bin/python3, or the one that LEAKYSPANNER_PYTHON names.</remarks>
    public static PythonScript Start(string script, params string[] arguments)
    {
        var python = Environment.GetEnvironmentVariable("LEAKYSPANNER_PYTHON") ?? "/usr/bin/python3";
        var start = new ProcessStartInfo(python, [Path.Combine(Root(), "benchmarks", "targets", script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new PythonScript(Process.Start(start) ?? throw new InvalidOperationException($"{python} does not start"));
    }

    public JsonElement Receive() =>
        JsonDocument.Parse(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the script ended")).RootElement;

    public JsonElement Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        return Receive();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LeakySpanner.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("benchmarks run inside a checkout");
        return folder.FullName;
    }
}
