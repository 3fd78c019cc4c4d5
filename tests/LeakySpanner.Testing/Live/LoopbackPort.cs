using System.Net;
using System.Net.Sockets;

namespace LeakySpanner.Testing.Live;

/// <summary>For servers that do not say which port the kernel chose for them.</summary>
public static class LoopbackPort
{
    /// <summary>A port that was free a moment ago.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
