namespace LeakySpanner.Testing.Live;

/// <summary>A server and how it is called: everything after the interpreter.</summary>
/// <param name="Name">For test names and messages.</param>
/// <param name="Workers">Processes that answer; 1 for a server that answers itself.</param>
public sealed record WebServer(string Name, int Workers, Func<string, int, IReadOnlyList<string>> CommandLine)
{
    public static WebServer Uvicorn(params string[] options) => Of("uvicorn", 1, UvicornLine(options));

    public static WebServer UvicornWorkers(int workers) => Of($"uvicorn --workers {workers}", workers, UvicornLine("--workers", $"{workers}"));

    public static WebServer UvicornReload(string folder) => Of("uvicorn --reload", 1, UvicornLine("--reload", "--reload-dir", folder));

    /// <summary>ASGI applications under gunicorn.</summary>
    public static WebServer GunicornUvicorn(int workers, params string[] options) =>
        Of($"gunicorn, {workers} uvicorn workers {string.Join(' ', options)}", workers, GunicornLine(["-k", "uvicorn.workers.UvicornWorker", "-w", $"{workers}", .. options]));

    /// <summary>WSGI applications under gunicorn.</summary>
    public static WebServer Gunicorn(int workers, params string[] options) =>
        Of($"gunicorn -w {workers} {string.Join(' ', options)}", workers, GunicornLine(["-w", $"{workers}", .. options]));

    public static WebServer Hypercorn(int workers) => Of($"hypercorn -w {workers}", workers,
        (application, port) => ["-m", "hypercorn", application, "-b", $"127.0.0.1:{port}", "-w", $"{workers}"]);

    /// <summary>What is called with the interpreter and its arguments, and becomes it in the end.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    public override string ToString() => Name;

    private static WebServer Of(string name, int workers, Func<string, int, IReadOnlyList<string>> line) => new(name.TrimEnd(), workers, line);

    private static Func<string, int, IReadOnlyList<string>> UvicornLine(params string[] options) =>
        (application, port) => ["-m", "uvicorn", application, "--host", "127.0.0.1", "--port", $"{port}", "--no-access-log", .. options];

    private static Func<string, int, IReadOnlyList<string>> GunicornLine(string[] options) =>
        (application, port) => ["-m", "gunicorn", application, "-b", $"127.0.0.1:{port}", .. options];
}
