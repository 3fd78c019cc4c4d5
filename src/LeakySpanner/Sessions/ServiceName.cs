namespace LeakySpanner.Sessions;

/// <summary>What a person would call the service, and the server that runs it, from its command line.</summary>
/// <param name="Name">"shop.main:app", "app.py", or the program where nothing better is said.</param>
/// <param name="Server">"uvicorn" and the like, or null.</param>
public readonly record struct ServiceName(string Name, string? Server)
{
    private static readonly string[] Servers = ["uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "waitress-serve", "uwsgi"];

    public static ServiceName Of(IReadOnlyList<string> arguments)
    {
        // A program that sets its title leaves one argument: "gunicorn: worker [main:app]".
        if (arguments.Count == 1 && arguments[0].Contains(' ', StringComparison.Ordinal))
            return Of(arguments[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('[', ']', ':')).ToArray());

        var server = arguments.Select(ServerOf).FirstOrDefault(name => name is not null);
        var application = arguments.Skip(1).FirstOrDefault(IsApplication);
        var script = arguments.Skip(1).FirstOrDefault(argument => argument.EndsWith(".py", StringComparison.Ordinal));
        var module = arguments.SkipWhile(argument => argument != "-m").Skip(1).FirstOrDefault();
        var name = application ?? Last(script) ?? (module != server ? module : null);
        return new ServiceName(name ?? server ?? Last(arguments.Count > 0 ? arguments[0] : null) ?? "process", server);
    }

    public static bool IsServer(string module) => Servers.Contains(module);

    private static string? ServerOf(string argument)
    {
        var name = Last(argument);
        return Array.Find(Servers, server => name == server);
    }

    /// <summary>"package.module:attribute", and not an address or a drive.</summary>
    private static bool IsApplication(string argument)
    {
        var colon = argument.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && colon < argument.Length - 1
            && !argument.StartsWith('-')
            && (char.IsLetter(argument[0]) || argument[0] == '_')
            && (char.IsLetter(argument[colon + 1]) || argument[colon + 1] == '_')
            && argument.All(character => char.IsLetterOrDigit(character) || character is '.' or '_' or ':' or '(' or ')');
    }

    private static string? Last(string? path) => path is null ? null : path[(path.LastIndexOf('/') + 1)..];
}
