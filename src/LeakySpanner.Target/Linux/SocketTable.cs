using System.Collections.Frozen;
using System.Globalization;
using System.Net;

namespace LeakySpanner.Target.Linux;

/// <summary>States of a TCP socket, numbered as in the kernel's include/net/tcp_states.h.</summary>
public enum TcpState : byte
{
    Unknown = 0,
    Established = 1,
    SynSent = 2,
    SynReceived = 3,
    FinWait1 = 4,
    FinWait2 = 5,
    TimeWait = 6,
    Closed = 7,
    CloseWait = 8,
    LastAck = 9,
    Listen = 10,
    Closing = 11,
}

/// <summary>A TCP socket of a network namespace.</summary>
public readonly record struct TcpSocket(long Inode, IPEndPoint Local, IPEndPoint Remote, TcpState State);

/// <summary>Parses /proc/PID/net/tcp and tcp6: the sockets of the network namespace that the process is in.</summary>
public static class SocketTable
{
    public static FrozenDictionary<long, TcpSocket> Read(string processFolder)
    {
        var sockets = new Dictionary<long, TcpSocket>();
        foreach (var file in (ReadOnlySpan<string>)["/net/tcp", "/net/tcp6"])
        {
            if (ProcFile.TryReadText(processFolder + file, out var text) == ProcOutcome.Read)
                Parse(text, sockets);
        }

        return sockets.ToFrozenDictionary();
    }

    /// <summary>Adds what the text lists, by inode. Sockets without one (TIME_WAIT) belong to no process and are left out.</summary>
    public static void Parse(string text, Dictionary<long, TcpSocket> sockets)
    {
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 10
                || sockets.Count == ProcLimits.MaxSockets
                || !TryEndPoint(words[1], out var local)
                || !TryEndPoint(words[2], out var remote)
                || !byte.TryParse(words[3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var state)
                || !long.TryParse(words[9], NumberStyles.None, CultureInfo.InvariantCulture, out var inode)
                || inode == 0)
                continue;
            sockets[inode] = new TcpSocket(inode, local, remote, state <= 11 ? (TcpState)state : TcpState.Unknown);
        }
    }

    /// <summary>Addresses are words of 32 bits in hexadecimal, each in the machine's byte order; the port is plain.</summary>
    private static bool TryEndPoint(string word, out IPEndPoint endPoint)
    {
        endPoint = new IPEndPoint(0, 0);
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        if (colon is not (8 or 32) || !ushort.TryParse(word.AsSpan(colon + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var port))
            return false;
        Span<byte> bytes = stackalloc byte[colon / 2];
        for (var i = 0; i < bytes.Length; i += 4)
        {
            if (!uint.TryParse(word.AsSpan(i * 2, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                return false;
            BitConverter.TryWriteBytes(bytes[i..], value);
        }

        var address = new IPAddress(bytes);
        endPoint = new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
        return true;
    }
}
