using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;

namespace LeakySpanner.LiveTests.Shim;

/// <summary>What a client does on one connection, byte for byte.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Steps">In order.</param>
internal sealed partial record Exchange(string Name, params Step[] Steps)
{
    public const string Host = "shop.test";

    /// <summary>A request after which the server closes.</summary>
    public static Exchange Request(string methodAndPath, string headers = "", string body = "") => new(
        $"{methodAndPath} {headers.ReplaceLineEndings(" ")}".TrimEnd(),
        new Send($"{methodAndPath} HTTP/1.1\r\nHost: {Host}\r\nConnection: close\r\n{headers}{(body.Length == 0 ? "" : $"Content-Length: {body.Length}\r\n")}\r\n{body}"));

    /// <summary>A handshake with a fixed key, then frames, then whatever the server says until it closes.</summary>
    public static Exchange WebSocket(string path, string headers, params Step[] steps) => new(
        $"WebSocket {path}",
        [
            new Send($"GET {path} HTTP/1.1\r\nHost: {Host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n"),
            new Await("\r\n\r\n"),
            .. steps,
        ]);

    /// <summary>A masked frame; the mask is zeroes, which is a mask like any other.</summary>
    public static Send Frame(int opcode, string payload, bool last = true)
    {
        var length = payload.Length < 126 ? $"{(char)(0x80 | payload.Length)}" : $"{(char)0xFE}{(char)(payload.Length >> 8)}{(char)(payload.Length & 255)}";
        return new Send($"{(char)((last ? 0x80 : 0) | opcode)}{length}\0\0\0\0{payload}");
    }

    /// <summary>What came back, one char per byte, without the time of day.</summary>
    /// <exception cref="IOException">An expected answer did not come.</exception>
    public async Task<string> RunAsync(int port)
    {
        try
        {
            return await PlayAsync(port);
        }
        catch (IOException problem)
        {
            throw new IOException($"{Name}: {problem.Message}", problem);
        }
    }

    public override string ToString() => Name;

    private async Task<string> PlayAsync(int port)
    {
        using var connection = await RawConnection.OpenAsync(port);
        foreach (var step in Steps)
        {
            switch (step)
            {
                case Send send:
                    await connection.SendAsync(send.Bytes);
                    break;
                case Await awaited:
                    await connection.ReadUntilAsync(awaited.Bytes);
                    break;
                case Leave leave:
                    // How much came meanwhile is chance; the beginning is not.
                    return Timeless(connection.Received)[..leave.Compared];
            }
        }

        return Timeless(await connection.ReadToEndAsync());
    }

    private static string Timeless(string bytes) => Date().Replace(bytes, "");

    [GeneratedRegex(@"^date: [A-Z][a-z]{2}, [^\r\n]*GMT\r\n", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Date();
}

internal abstract record Step;

/// <param name="Bytes">One char per byte.</param>
internal sealed record Send(string Bytes) : Step;

/// <param name="Bytes">What has to have come before the client goes on.</param>
internal sealed record Await(string Bytes) : Step;

/// <summary>The client goes away in the middle.</summary>
/// <param name="Compared">How many chars of what came before are compared.</param>
internal sealed record Leave(int Compared = 0) : Step;
