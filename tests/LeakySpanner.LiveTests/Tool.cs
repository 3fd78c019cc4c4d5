using LeakySpanner.Testing.Live;

namespace LeakySpanner.LiveTests;

/// <summary>The executable as users run it: a process of its own. LEAKYSPANNER names another build of it, such as a published one.</summary>
internal static class Tool
{
    /// <summary>What stands before its arguments.</summary>
    public static string[] Command { get; } = Environment.GetEnvironmentVariable("LEAKYSPANNER") is { Length: > 0 } published
        ? [published]
        : [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "leakyspanner.dll")];

    public static ChildProcess Start(params string[] arguments) => StartUnder([], arguments);

    /// <param name="wrapper">A command that runs it in other circumstances: fewer rights, a lower limit.</param>
    /// <param name="arguments">Of the tool.</param>
    public static ChildProcess StartUnder(string[] wrapper, params string[] arguments)
    {
        string[] line = [.. wrapper, .. Command, .. arguments];
        return ChildProcess.Start(line[0], line[1..]);
    }

    /// <summary>Runs it to its end, which a bound makes certain.</summary>
    public static async Task<Answer> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        return await EndAsync(process);
    }

    public static async Task<Answer> EndAsync(ChildProcess process)
    {
        var code = await process.WaitForExitAsync(TimeSpan.FromSeconds(150));
        return new Answer(code, process.StandardOutput, process.StandardError);
    }
}

internal sealed record Answer(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Error}";
}
