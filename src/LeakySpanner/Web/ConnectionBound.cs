using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeakySpanner.Web;

/// <summary>Connections of one listener at a time, so that a crowd at the metrics port cannot shut the shim out.</summary>
internal sealed class ConnectionBound(int most)
{
    private int _open;

    public void Apply(ListenOptions listen) => listen.Use(next => async connection =>
    {
        try
        {
            if (Interlocked.Increment(ref _open) <= most)
                await next(connection).ConfigureAwait(false);
            else
                connection.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    });
}
