using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LeakySpanner.Sidecar;

namespace LeakySpanner.Web;

/// <summary>The TCP port. It is made before the server, so that a port that is taken costs the port and not the server.</summary>
internal static class MetricsSocket
{
    private const int Backlog = 64;

    /// <returns>Null where <paramref name="warning"/> says why not.</returns>
    public static Socket? TryListen(SidecarOptions options, AccessRule rule, out string? warning)
    {
        warning = rule.RefusalToListen(options.MetricsAddress);
        if (warning is not null)
            return null;
        var endpoint = new IPEndPoint(options.MetricsAddress, options.MetricsPort);
        try
        {
            return Listen(endpoint);
        }
        catch (SocketException e)
        {
            warning = Reason(endpoint, e.SocketErrorCode);
            return null;
        }
    }

    /// <summary>Listening is part of it: two sockets can be bound to one port, and only the second listen(2) fails.</summary>
    public static Socket Listen(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>As it is reached from this machine.</summary>
    public static Uri UriOf(IPEndPoint endpoint)
    {
        var address = endpoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : endpoint.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : endpoint.Address;
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{new IPEndPoint(address, endpoint.Port)}/metrics"));
    }

    private static string Reason(IPEndPoint endpoint, SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse =>
            $"metrics are not served, because port {endpoint.Port} is taken: set another metrics_port=... (or LEAKYSPANNER_METRICS_PORT), 0 for none",
        SocketError.AccessDenied =>
            $"metrics are not served, because port {endpoint.Port} is not permitted: set a metrics_port of 1024 or more",
        SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported =>
            $"metrics are not served, because {endpoint.Address} is no address of this machine: set another metrics_host=... (or LEAKYSPANNER_METRICS_HOST)",
        _ => $"metrics are not served, because {endpoint} cannot be listened on ({error}): set another metrics_host or metrics_port",
    };
}
