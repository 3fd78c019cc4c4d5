using System.Collections.Immutable;
using System.Globalization;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.CPython.Tracemalloc;

/// <summary>
/// Live allocations by line from tracemalloc's own table: what take_snapshot() and statistics("lineno") answer, without stopping
/// the process and without a copy of its traces in it. Domains of C extensions are included, as they are there.
/// </summary>
public static class TracemallocReader
{
    private const string Off =
        "tracemalloc is off: start the process with PYTHONTRACEMALLOC=1, or say leakyspanner(app, tracemalloc=True); it takes about 100 bytes for each block "
        + "that is held and makes code that allocates up to several times slower";

    /// <param name="python">The process; safe from several threads.</param>
    /// <param name="limit">Sites wanted at most.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static AllocationTable Read(PythonProcess python, int limit, CancellationToken stop = default) =>
        Read(python, limit, TracemallocLimits.Default, stop);

    /// <inheritdoc cref="Read(PythonProcess, int, CancellationToken)"/>
    public static AllocationTable Read(PythonProcess python, int limit, TracemallocLimits limits, CancellationToken stop = default)
    {
        var variables = python.Tracemalloc;
        if (variables.ReadSwitches() is not { } switches)
            return Nothing(false, "whether tracemalloc is on cannot be read: this build of Python does not have its switch");
        if (!switches.Tracing)
            return Nothing(false, Off);
        if (variables.ReadRules() is not { } rules || !variables.TryReadTables(rules, limits, stop, out var traces, out var domains))
            return Nothing(true, "tracemalloc is on, but its table was not found in this build of Python");

        var window = new PageWindow(python.Memory);
        var sites = new SiteTally(python, window, switches.MostFrames, limits);
        for (var attempt = 1; ; attempt++)
        {
            var tables = DomainTables.Read(python, rules, limits, traces, domains, sites.Faults);
            var known = tables.Sum(table => (double)table.Entries);
            var share = known > limits.Traces ? limits.Traces / known : 1;
            var scan = new TraceScan(window, python.Layout.Tracemalloc, limits, sites, share);
            foreach (var table in tables)
                scan.Read(table, stop);

            // A table that was enlarged meanwhile has freed the buckets that were being read.
            var moved = tables.Any(table => !IsWhereItWas(python, table));
            if (!moved || attempt >= limits.Attempts || variables.ReadRules() is not { } later || !variables.TryReadTables(later, limits, stop, out traces, out domains))
                return Answer(sites, limit, share < 1 ? known / Math.Max(1, scan.Entries) : 1, share, moved);
            rules = later;
            sites.Clear();
            window.Forget();
        }
    }

    private static bool IsWhereItWas(PythonProcess python, in HashTable table) =>
        HashTable.TryRead(python.Memory, python.Layout.Tracemalloc, table.At, out var now) && now.Buckets == table.Buckets && now.BucketCount == table.BucketCount;

    private static AllocationTable Answer(SiteTally sites, int limit, double scale, double share, bool moved)
    {
        var notes = new List<string>();
        if (moved)
            notes.Add("the table was replaced while it was read: some traces are missing");
        var faults = sites.Faults.ToCoverage(sites.Count);
        if (faults.FaultCount > 0)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{faults.FaultCount:N0} of {sites.Count + faults.FaultCount:N0} traces changed while they were read and are left out"));
        if (sites.Elsewhere > 0)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{sites.Elsewhere:N0} blocks are in the totals only: there are too many lines to tell apart"));
        return new AllocationTable(
            true, sites.Largest(limit, scale), Scaled(sites.Count, scale), Scaled(sites.Bytes, scale), share, notes.Count > 0 ? string.Join("; ", notes) : null);
    }

    private static AllocationTable Nothing(bool tracing, string note) => new(tracing, ImmutableArray<AllocationSite>.Empty, 0, 0, 1, note);

    private static long Scaled(long value, double scale) => (long)Math.Round(value * scale);
}
