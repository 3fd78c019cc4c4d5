namespace LeakySpanner.Testing.Live;

/// <summary>Waits for what another process does and nobody announces: asks again until it is so, for as long as a bound allows.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    /// <param name="ask">Null, or an exception of input and output, means not yet.</param>
    /// <param name="bound">The longest wait.</param>
    /// <param name="otherwise">What to say when it never came.</param>
    /// <exception cref="TimeoutException">The bound passed.</exception>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> ask, TimeSpan bound, Func<string> otherwise)
        where T : class
    {
        using var timeout = new CancellationTokenSource(bound);
        Exception? last = null;
        while (true)
        {
            try
            {
                if (await ask() is { } answer)
                    return answer;
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException or System.Net.Sockets.SocketException)
            {
                last = exception;
            }

            if (timeout.IsCancellationRequested)
                throw new TimeoutException($"not within {bound.TotalSeconds:0} s: {otherwise()}", last);
            await Task.Delay(Pause);
        }
    }

    /// <exception cref="TimeoutException">The bound passed.</exception>
    public static Task BecomesTrueAsync(Func<bool> ask, TimeSpan bound, Func<string> otherwise) =>
        GetAsync(() => Task.FromResult(ask() ? "yes" : null), bound, otherwise);
}
