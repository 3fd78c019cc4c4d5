namespace LeakySpanner.Web;

/// <summary>Where a route exists. Elsewhere it is not found.</summary>
internal enum Audience
{
    /// <summary>People and programs: forwarded by the shim, and on the metrics port.</summary>
    Everybody,

    /// <summary>The shim itself, over the Unix socket.</summary>
    Shim,

    /// <summary>The metrics port only.</summary>
    Port,
}

/// <param name="Method">"GET" or "POST".</param>
/// <param name="Path">Without a final slash.</param>
/// <param name="Audience">Where it exists.</param>
/// <param name="Answer">Writes the answer.</param>
/// <param name="Summary">One line for the index; null for what is not meant for people.</param>
/// <param name="IsOpen">Whether anybody may ask: it tells nothing.</param>
internal sealed record Route(string Method, string Path, Audience Audience, Func<Exchange, Task> Answer, string? Summary = null, bool IsOpen = false)
{
    public bool ExistsFor(Via via) => Audience switch
    {
        Audience.Shim => via == Via.Shim,
        Audience.Port => via == Via.Port,
        _ => true,
    };
}
