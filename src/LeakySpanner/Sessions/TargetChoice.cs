using System.Collections.Immutable;

namespace LeakySpanner.Sessions;

/// <summary>Which process is meant, as the user said it: exactly one way is given.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Port">The TCP port that it listens on.</param>
/// <param name="Name">A glob over process names and command lines.</param>
/// <param name="Command">A command to start; empty where none is.</param>
/// <param name="All">Every match, rather than one.</param>
public sealed record TargetChoice(int? Pid, int? Port, string? Name, ImmutableArray<string> Command, bool All)
{
    public bool IsCommand => !Command.IsEmpty;

    /// <summary>How the user would say it again.</summary>
    public override string ToString() => this switch
    {
        { Pid: { } pid } => $"--pid {pid}",
        { Port: { } port } => $"--port {port}",
        { Name: { } name } => $"--name {name}",
        _ => "-- " + string.Join(' ', Command),
    };
}
