using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LeakySpanner.Testing.Live;

/// <summary>A request and every byte of its answer, over a connection that stays open.</summary>
public sealed record KnownAnswer(byte[] Request, byte[] Answer);

/// <param name="Requests">Answered or failed.</param>
/// <param name="Failed">Not answered, or with other bytes than expected.</param>
/// <param name="FirstFailure">What came instead, or null.</param>
public sealed record ExactLoadResult(int Requests, int Failed, string? FirstFailure);

/// <summary>Asks as fast as answers come, and compares each with what it has to be, byte for byte.</summary>
public sealed class ExactLoad(int port, IReadOnlyList<KnownAnswer> known, int count)
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource _quarter = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private int _next;
    private int _failed;
    private string? _firstFailure;

    /// <summary>Completes when a quarter of the requests has been sent.</summary>
    public Task Quarter => _quarter.Task;

    /// <summary>Asks for answers, whose length nobody knows yet, one after the other.</summary>
    public static async Task<IReadOnlyList<KnownAnswer>> LearnAsync(int port, IEnumerable<string> requests)
    {
        var known = new List<KnownAnswer>();
        foreach (var request in requests)
        {
            using var connection = await RawConnection.OpenAsync(port);
            await connection.SendAsync(request);
            await connection.ReadUntilAsync("\r\n\r\n");
            var head = connection.Received[..connection.Received.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
            var length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase));
            if (length is null)
                await connection.ReadUntilAsync("\r\n0\r\n\r\n");
            else
                await connection.ReadUntilAsync(head.Length + 4 + int.Parse(length["content-length:".Length..], System.Globalization.CultureInfo.InvariantCulture));
            known.Add(new KnownAnswer(Encoding.Latin1.GetBytes(request), Encoding.Latin1.GetBytes(connection.Received)));
        }

        return known;
    }

    /// <param name="connections">Clients at the same time.</param>
    /// <param name="until">Goes on after the last request until this is done.</param>
    public async Task<ExactLoadResult> RunAsync(int connections, Task until)
    {
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => ClientAsync(until))));
        return new ExactLoadResult(_next, _failed, _firstFailure);
    }

    private async Task ClientAsync(Task until)
    {
        var buffer = new byte[known.Max(each => each.Answer.Length) + 1];
        Socket? socket = null;
        try
        {
            while (Take(until) is { } number)
            {
                var expected = known[number % known.Count];
                using var timeout = new CancellationTokenSource(LongestAnswer);
                try
                {
                    socket ??= await ConnectAsync(timeout.Token);
                    await socket.SendAsync(expected.Request, timeout.Token);
                    var received = 0;
                    while (received < expected.Answer.Length)
                    {
                        // One more than expected, so that an answer that is too long is seen.
                        var more = await socket.ReceiveAsync(buffer.AsMemory(received, expected.Answer.Length + 1 - received), timeout.Token);
                        if (more == 0)
                            break;
                        received += more;
                    }

                    if (!buffer.AsSpan(0, received).SequenceEqual(expected.Answer))
                    {
                        Fail($"{Encoding.Latin1.GetString(expected.Request)}--- came\n{Encoding.Latin1.GetString(buffer, 0, Math.Min(received, 1000))}");
                        socket.Dispose();
                        socket = null;
                    }
                }
                catch (Exception exception) when (exception is SocketException or OperationCanceledException)
                {
                    Fail($"{Encoding.Latin1.GetString(expected.Request)}--- {exception.Message}");
                    socket?.Dispose();
                    socket = null;
                }
            }
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private int? Take(Task until)
    {
        lock (_lock)
        {
            if (_next >= count && until.IsCompleted)
                return null;
            if (_next == count / 4)
                _quarter.TrySetResult();
            return _next++;
        }
    }

    private void Fail(string what)
    {
        lock (_lock)
        {
            _failed++;
            _firstFailure ??= what;
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
