namespace LeakySpanner.CPython.Walk;

/// <summary>Runs numbered jobs on a few threads, each with a worker of its own; jobs are taken as threads get free.</summary>
internal static class Crew
{
    /// <exception cref="OperationCanceledException">Once every thread has stopped.</exception>
    public static void Run<TSeat>(IReadOnlyList<TSeat> seats, int jobs, Action<TSeat, int> work, CancellationToken cancellation)
    {
        var next = -1;
        var failures = new List<Exception>();
        void Sit(TSeat seat)
        {
            try
            {
                for (var job = Interlocked.Increment(ref next); job < jobs && !cancellation.IsCancellationRequested; job = Interlocked.Increment(ref next))
                    work(seat, job);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                Interlocked.Exchange(ref next, jobs);
                lock (failures)
                    failures.Add(failure);
            }
        }

        var threads = new List<Thread>();
        for (var i = 1; i < Math.Min(seats.Count, jobs); i++)
        {
            var seat = seats[i];
            var thread = new Thread(() => Sit(seat)) { IsBackground = true, Name = "heap walk" };
            thread.Start();
            threads.Add(thread);
        }

        Sit(seats[0]);
        foreach (var thread in threads)
            thread.Join();
        cancellation.ThrowIfCancellationRequested();
        if (failures.Count > 0)
            throw new AggregateException(failures);
    }
}
