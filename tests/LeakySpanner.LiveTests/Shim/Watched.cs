using LeakySpanner.Testing.Live;

namespace LeakySpanner.LiveTests.Shim;

/// <summary>The applications in Targets/ as watched services.</summary>
internal static class Watched
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Targets");

    /// <summary>As it was built beside these tests; LEAKYSPANNER names another build of it, such as a published one.</summary>
    public static string Executable { get; } = Environment.GetEnvironmentVariable("LEAKYSPANNER") is { Length: > 0 } published
        ? published
        : Path.Combine(AppContext.BaseDirectory, "leakyspanner");

    public static Task<WatchedService> StartAsync(WebServer server, string application, params (string Name, string? Value)[] environment) =>
        WatchedService.StartAsync(server, application, Folder, Executable, environment);
}
