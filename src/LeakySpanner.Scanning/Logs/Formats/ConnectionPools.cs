using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>Pools and servers that have no connection left: somebody keeps theirs.</summary>
internal sealed class ConnectionPools : LineFormat
{
    private static readonly (string Phrase, string Pool)[] Messages =
    [
        ("QueuePool limit of size ", "SQLAlchemy QueuePool"),
        ("couldn't get a connection after ", "psycopg pool"),
        ("Connection pool is full, discarding connection", "urllib3 pool"),
        ("remaining connection slots are reserved", "PostgreSQL"),
        ("sorry, too many clients already", "PostgreSQL"),
        ("(1040, 'Too many connections')", "MySQL"),
        ("redis.exceptions.MaxConnectionsError", "redis pool"),
        ("connection pool exhausted", "connection pool"),
    ];

    public override string Name => "connection pools";

    public override ImmutableArray<string> Phrases { get; } = [.. Messages.Select(message => message.Phrase)];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        foreach (var (phrase, pool) in Messages)
        {
            if (line.Text.IndexOf(System.Text.Encoding.ASCII.GetBytes(phrase)) < 0)
                continue;
            tally.Event(line.Event(LogEventKind.PoolExhausted, this) with { Detail = pool, Site = line.Context.Frame });
            line.Context.Frame = null;
            return true;
        }

        return false;
    }
}
