using System.Collections.Frozen;
using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <param name="What">For a person: "connection".</param>
/// <param name="Severity">How bad it is to leave it open.</param>
/// <param name="Close">What ends it.</param>
internal sealed record Opened(string What, RuleSeverity Severity, string Close);

/// <summary>What must be closed by whoever opened it.</summary>
internal static class Openers
{
    private static readonly Opened Connection = new("database connection", RuleSeverity.High, "close");
    private static readonly Opened Session = new("database session", RuleSeverity.High, "close");
    private static readonly Opened Client = new("HTTP client", RuleSeverity.High, "close");
    private static readonly Opened AsyncClient = new("HTTP client", RuleSeverity.High, "aclose");
    private static readonly Opened Pool = new("pool of workers", RuleSeverity.Medium, "shutdown");
    private static readonly Opened Socket = new("socket", RuleSeverity.Medium, "close");
    private static readonly Opened Process = new("child process", RuleSeverity.Medium, "wait");
    private static readonly Opened OpenFile = new("file", RuleSeverity.Low, "close");

    private static readonly FrozenDictionary<string, Opened> Known = new Dictionary<string, Opened>
    {
        ["sqlite3.connect"] = Connection,
        ["psycopg2.connect"] = Connection,
        ["psycopg.connect"] = Connection,
        ["psycopg.AsyncConnection.connect"] = Connection,
        ["pymysql.connect"] = Connection,
        ["MySQLdb.connect"] = Connection,
        ["mysql.connector.connect"] = Connection,
        ["asyncpg.connect"] = Connection,
        ["aiosqlite.connect"] = Connection,
        ["aiomysql.connect"] = Connection,
        ["pyodbc.connect"] = Connection,
        ["cx_Oracle.connect"] = Connection,
        ["oracledb.connect"] = Connection,
        ["pymongo.MongoClient"] = Connection,
        ["pymssql.connect"] = Connection,
        ["sqlalchemy.create_engine().connect"] = Connection,
        ["sqlalchemy.orm.Session"] = Session,
        ["sqlalchemy.ext.asyncio.AsyncSession"] = Session,
        ["sqlmodel.Session"] = Session,
        ["sqlalchemy.orm.sessionmaker()"] = Session,
        ["sqlalchemy.ext.asyncio.async_sessionmaker()"] = Session,
        ["requests.Session"] = Client,
        ["requests.session"] = Client,
        ["httpx.Client"] = Client,
        ["httpx.AsyncClient"] = AsyncClient,
        ["aiohttp.ClientSession"] = Client,
        ["aiohttp.client.ClientSession"] = Client,
        ["urllib3.PoolManager"] = Client,
        ["urllib.request.urlopen"] = Socket,
        ["http.client.HTTPConnection"] = Socket,
        ["http.client.HTTPSConnection"] = Socket,
        ["socket.socket"] = Socket,
        ["socket.create_connection"] = Socket,
        ["smtplib.SMTP"] = Socket,
        ["smtplib.SMTP_SSL"] = Socket,
        ["ftplib.FTP"] = Socket,
        ["imaplib.IMAP4_SSL"] = Socket,
        ["paramiko.SSHClient"] = Socket,
        ["subprocess.Popen"] = Process,
        ["concurrent.futures.ThreadPoolExecutor"] = Pool,
        ["concurrent.futures.ProcessPoolExecutor"] = Pool,
        ["concurrent.futures.thread.ThreadPoolExecutor"] = Pool,
        ["multiprocessing.Pool"] = Pool,
        ["multiprocessing.pool.ThreadPool"] = Pool,
        ["multiprocessing.pool.Pool"] = Pool,
        ["builtins.open"] = OpenFile,
        ["io.open"] = OpenFile,
        ["gzip.open"] = OpenFile,
        ["bz2.open"] = OpenFile,
        ["lzma.open"] = OpenFile,
        ["zipfile.ZipFile"] = OpenFile,
        ["tarfile.open"] = OpenFile,
        ["tempfile.NamedTemporaryFile"] = OpenFile,
        ["tempfile.TemporaryFile"] = OpenFile,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a call opens, or null.</summary>
    public static Opened? Of(CallSite site, Resolver resolver)
    {
        if (site.Callee is { } callee && Known.TryGetValue(callee, out var opened))
            return opened;

        // SessionLocal = sessionmaker(...); SessionLocal()
        if (resolver.TypeOf(site.Call.Child(Field.Function)) is { } made && made.Name.EndsWith("sessionmaker()", StringComparison.Ordinal) && Known.TryGetValue(made.Name, out opened))
            return opened;

        // conn = await db.connect(): what db is may not be known, but what becomes of it has a name.
        return site.Receiver.Exists && site.Method is "connect" or "acquire" or "get_connection" or "getconn" && site.Call.Parent is var around
            && (around.Kind == NodeKind.Await ? around.Parent : around) is { Kind: NodeKind.Assignment } assignment
            && assignment.Child(Field.Left) is { Kind: NodeKind.Identifier } name && name.Text is "conn" or "connection" or "db_conn" or "con"
            && !resolver.IsOfProject(site.Callee)
            ? Connection
            : null;
    }
}
