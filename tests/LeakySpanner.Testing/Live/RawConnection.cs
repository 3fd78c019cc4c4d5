using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LeakySpanner.Testing.Live;

/// <summary>A connection without a client library: what is sent and what comes back are bytes, all of them.</summary>
public sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _timeout = new(Longest);
    private readonly byte[] _buffer = new byte[65536];
    private readonly MemoryStream _received = new();

    private RawConnection()
    {
    }

    /// <summary>What has come so far, one char per byte.</summary>
    public string Received => Encoding.Latin1.GetString(_received.GetBuffer(), 0, (int)_received.Length);

    public static async Task<RawConnection> OpenAsync(int port)
    {
        var connection = new RawConnection();
        try
        {
            await connection._socket.ConnectAsync(IPAddress.Loopback, port, connection._timeout.Token);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <param name="bytes">One char per byte.</param>
    public async Task SendAsync(string bytes)
    {
        try
        {
            ReadOnlyMemory<byte> rest = Encoding.Latin1.GetBytes(bytes);
            while (rest.Length > 0)
                rest = rest[await _socket.SendAsync(rest, _timeout.Token)..];
        }
        catch (SocketException)
        {
            // The server has answered and closed before it took everything; what it answered is still to be read.
        }
    }

    /// <exception cref="IOException">The connection ended, or time did, before it came.</exception>
    public async Task ReadUntilAsync(string text)
    {
        while (!Received.Contains(text, StringComparison.Ordinal))
        {
            if (!await ReadAsync())
                throw new IOException($"'{text}' never came; this did: {Received}");
        }
    }

    /// <exception cref="IOException">The connection ended, or time did, before so many bytes came.</exception>
    public async Task ReadUntilAsync(int length)
    {
        while (_received.Length < length)
        {
            if (!await ReadAsync())
                throw new IOException($"{length} bytes never came; this did: {Received}");
        }
    }

    /// <summary>Everything up to the end of the connection.</summary>
    /// <exception cref="IOException">The server does not end it.</exception>
    public async Task<string> ReadToEndAsync()
    {
        while (await ReadAsync())
        {
        }

        return Received;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _timeout.Dispose();
    }

    private async Task<bool> ReadAsync()
    {
        try
        {
            var count = await _socket.ReceiveAsync(_buffer, _timeout.Token);
            _received.Write(_buffer, 0, count);
            return count > 0;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            throw new IOException($"the connection is still open after {Longest.TotalSeconds} s; this came: {Received}");
        }
    }
}
