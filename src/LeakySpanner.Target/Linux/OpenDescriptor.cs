using System.Collections.Frozen;
using System.Globalization;

namespace LeakySpanner.Target.Linux;

public enum DescriptorKind
{
    File,
    Device,
    Socket,
    Pipe,

    /// <summary>memfd: memory that behaves like a file.</summary>
    Memory,

    /// <summary>What has no name in any file system: event polls, timers, signals.</summary>
    Anonymous,

    /// <summary>Closed while we looked, or not ours to see.</summary>
    Unknown,
}

/// <summary>An entry of /proc/PID/fd.</summary>
/// <param name="Number">As the program knows it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">A path; "eventpoll"; for TCP "127.0.0.1:8000 LISTEN" or "127.0.0.1:8000 > 10.0.0.7:51512 ESTABLISHED".</param>
/// <param name="State">Of a TCP socket, else Unknown.</param>
public readonly record struct OpenDescriptor(int Number, DescriptorKind Kind, string Name, TcpState State)
{
    /// <summary>Classifies the target of a link in /proc/PID/fd.</summary>
    /// <param name="sockets">Of the process' network namespace, by inode.</param>
    public static OpenDescriptor Of(int number, string? link, FrozenDictionary<long, TcpSocket> sockets) => link switch
    {
        null => new(number, DescriptorKind.Unknown, "", TcpState.Unknown),
        _ when Bracketed(link, "socket:[") is { } inode => Socket(number, inode, sockets),
        _ when Bracketed(link, "pipe:[") is not null => new(number, DescriptorKind.Pipe, link, TcpState.Unknown),
        _ when link.StartsWith("/memfd:", StringComparison.Ordinal) => new(number, DescriptorKind.Memory, link, TcpState.Unknown),
        _ when link.StartsWith("/dev/", StringComparison.Ordinal) => new(number, DescriptorKind.Device, link, TcpState.Unknown),
        _ when link.StartsWith('/') => new(number, DescriptorKind.File, link, TcpState.Unknown),
        _ => new(number, DescriptorKind.Anonymous, Bracketed(link, "anon_inode:[") ?? link, TcpState.Unknown),
    };

    /// <summary>The inode of a link "socket:[1234]".</summary>
    public static bool TryParseSocket(string? link, out long inode)
    {
        inode = 0;
        return link is not null
            && Bracketed(link, "socket:[") is { } text
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out inode);
    }

    private static OpenDescriptor Socket(int number, string inode, FrozenDictionary<long, TcpSocket> sockets)
    {
        if (!long.TryParse(inode, NumberStyles.None, CultureInfo.InvariantCulture, out var node) || !sockets.TryGetValue(node, out var socket))
            return new(number, DescriptorKind.Socket, "", TcpState.Unknown);
        var state = socket.State.ToString().ToUpperInvariant();
        var name = socket.State == TcpState.Listen ? $"{socket.Local} {state}" : $"{socket.Local} > {socket.Remote} {state}";
        return new(number, DescriptorKind.Socket, name, socket.State);
    }

    private static string? Bracketed(string link, string start) =>
        link.StartsWith(start, StringComparison.Ordinal) && link.EndsWith(']') ? link[start.Length..^1] : null;
}
