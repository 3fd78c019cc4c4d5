using LeakySpanner.Testing.Live;

namespace LeakySpanner.LiveTests.Sampling;

/// <summary>`leakyspanner run` of a script, and what it said.</summary>
/// <param name="Answer">All of it.</param>
/// <param name="Programs">Every process that was reported, in order.</param>
/// <param name="Profiles">The files that were written, as collapsed stacks, by pid.</param>
internal sealed partial record SampledRun(Answer Answer, IReadOnlyList<SampledProgram> Programs, IReadOnlyDictionary<string, string> Profiles)
{
    /// <summary>What it said beside the program, however the lines were broken.</summary>
    public string Said => Spaces().Replace(Answer.Error, " ");

    /// <summary>In a mount namespace of its own: the interpreter's root sees the folders in which we and the agent meet.</summary>
    private const string IntoRoot = """mkdir -p "$0/dev/shm"; mount --bind /dev/shm "$0/dev/shm" && mount --bind /tmp "$0/tmp" && exec chroot "$0" "$@" """;

    /// <param name="python">Who runs it.</param>
    /// <param name="script">Of Targets.</param>
    /// <param name="everyKilobytes">Mean distance of samples.</param>
    /// <param name="options">For the interpreter.</param>
    /// <param name="arguments">For the script.</param>
    /// <param name="wrapper">A command that runs it all in other circumstances.</param>
    public static async Task<SampledRun> OfAsync(
        InstalledPython python, string script, int everyKilobytes, string[]? options = null, string[]? arguments = null, string[]? wrapper = null)
    {
        var folder = Directory.CreateTempSubdirectory("leakyspanner-sampled-");
        try
        {
            var path = Path.Combine(folder.FullName, Path.GetFileName(script));
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Targets", script), path);
            var command = CommandOf(python, [.. options ?? [], path, .. arguments ?? []]);
            await using var tool = Tool.StartUnder(
                [.. wrapper ?? [], "env", "-u", "PYTHONPATH", $"XDG_CACHE_HOME={folder.FullName}"],
                ["run", "--sample-every", $"{everyKilobytes}", "--format", "collapsed", "--output", Path.Combine(folder.FullName, "{pid}.txt"), "--limit", "100", "--", .. command]);
            var answer = await Tool.EndAsync(tool);
            var profiles = ProfilesIn(folder);
            return new SampledRun(answer, SampledProgram.Parse(answer.Error, profiles), profiles);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>It and we see the same /tmp and the same shared memory, whatever its root is.</summary>
    public static string[] CommandOf(InstalledPython python, params string[] arguments)
    {
        string[] command = [python.Executable, "-B", .. arguments];
        return python.Root == "/" ? command : ["unshare", "-m", "sh", "-c", IntoRoot, python.Root, .. command];
    }

    /// <summary>PID.txt.</summary>
    public static IReadOnlyDictionary<string, string> ProfilesIn(DirectoryInfo folder) =>
        folder.GetFiles("*.txt").ToDictionary(file => Path.GetFileNameWithoutExtension(file.Name), file => File.ReadAllText(file.FullName));

    /// <summary>Bytes on the line that ends with "# line: LABEL".</summary>
    public static double Line(string script, string label, SampledProgram program) => program.Lines.GetValueOrDefault(LineOf(script, label));

    public static int LineOf(string script, string label) =>
        1 + Array.FindIndex(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Targets", script)), line => line.EndsWith($"# line: {label}", StringComparison.Ordinal));

    [System.Text.RegularExpressions.GeneratedRegex(@"\s+")]
    private static partial System.Text.RegularExpressions.Regex Spaces();
}
