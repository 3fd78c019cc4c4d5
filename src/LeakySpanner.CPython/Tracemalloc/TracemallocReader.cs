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
        + "that is held, and code that does nothing but allocate runs ten times slower and more";

    /// <summary>Traces that may be missing without a word, as so many come and go anyway: of a sample, its error is larger.</summary>
    private const double Unremarkable = 200;
    private const double UnremarkableShare = 0.05;

    /// <summary>What is said to be missing at least where the table was replaced.</summary>
    private const double SomeShare = 0.01;

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
        AllocationTable? best = null;
        var leastMissing = double.MaxValue;
        for (var left = limits.Attempts; left > 0; left--)
        {
            // The map of memory is read before the table's head, which may have moved to memory that is newer.
            if (variables.ReadRules() is not { } rules || !variables.TryReadTables(rules, limits, stop, out var traces, out var domains))
                continue;
            var (table, missing) = ReadOnce(python, limit, limits, switches.MostFrames, DomainTables.Read(python, rules, limits, traces, domains), stop);
            if (missing < leastMissing)
                (best, leastMissing) = (table, missing);
            if (missing == 0)
                break;
        }

        return best ?? Nothing(true, "tracemalloc is on, but its table was not found in this build of Python");
    }

    /// <summary>One reading, and the share of traces that it missed: 0 where so few are missing as come and go anyway.</summary>
    private static (AllocationTable Table, double Missing) ReadOnce(
        PythonProcess python, int limit, TracemallocLimits limits, int mostFrames, ImmutableArray<HashTable> tables, CancellationToken stop)
    {
        var known = tables.Sum(table => (double)table.Entries);
        var share = known > limits.Traces ? limits.Traces / known : 1;
        var window = new PageWindow(python.Memory);
        var sites = new SiteTally(python, window, mostFrames, limits);
        var scan = new TraceScan(window, python.Layout.Tracemalloc, limits, sites, share);
        foreach (var table in tables)
            scan.Read(table, stop);

        // A table that was enlarged or made smaller meanwhile has freed the buckets that were being read.
        var expected = share * tables.Sum(table => (double)Math.Min(table.Entries, EntriesNow(python, table)));
        var lost = Math.Max(0, expected - scan.Entries);
        var moved = scan.HasMoved || !tables.All(table => table.IsWhereItWas(python.Memory, python.Layout.Tracemalloc));
        var missing = lost > Unremarkable + (UnremarkableShare * expected) ? lost / expected : moved ? SomeShare : 0;
        return (Answer(sites, limit, share < 1 ? known / Math.Max(1, scan.Entries) : 1, share, missing), missing);
    }

    private static ulong EntriesNow(PythonProcess python, in HashTable table) =>
        HashTable.TryRead(python.Memory, python.Layout.Tracemalloc, table.At, out var now) ? now.Entries : 0;

    private static AllocationTable Answer(SiteTally sites, int limit, double scale, double share, double missing)
    {
        var notes = new List<string>();
        var faults = sites.Faults.ToCoverage(sites.Count).FaultCount;
        if (missing > 0)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"the table was replaced while it was read: about {Math.Ceiling(missing * 100)} % of the traces are missing"));
        else if (faults > 0)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{faults:N0} of {sites.Count + faults:N0} traces changed while they were read and are left out"));
        if (sites.Elsewhere > 0)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{sites.Elsewhere:N0} blocks are in the totals only: there are too many lines to tell apart"));
        return new AllocationTable(
            true, sites.Largest(limit, scale), Scaled(sites.Count, scale), Scaled(sites.Bytes, scale), share, notes.Count > 0 ? string.Join("; ", notes) : null);
    }

    private static AllocationTable Nothing(bool tracing, string note) => new(tracing, ImmutableArray<AllocationSite>.Empty, 0, 0, 1, note);

    private static long Scaled(long value, double scale) => (long)Math.Round(value * scale);
}
