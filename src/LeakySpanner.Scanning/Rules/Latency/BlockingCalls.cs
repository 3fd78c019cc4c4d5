using System.Collections.Frozen;
using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Latency;

/// <summary>Which calls block, by canonical name. A name ends with "." where every method of it does.</summary>
internal static class BlockingCalls
{
    private static readonly string[] HttpVerbs = ["get", "post", "put", "delete", "patch", "head", "options", "request"];

    private static readonly string[] CursorMethods =
    [
        "execute", "executemany", "executescript", "callproc", "fetchall", "fetchone", "fetchmany", "commit", "rollback", "scalar", "scalars", "first", "all", "one", "one_or_none",
        "count", "flush", "refresh", "get", "delete", "update", "merge", "exec", "bulk_save_objects", "bulk_insert_mappings",
    ];

    private static readonly FrozenDictionary<string, BlockingKind> Exact = Table();

    /// <summary>What these make blocks whenever it is asked for anything that leaves the process.</summary>
    private static readonly (string Made, BlockingKind Kind, string[]? Methods)[] Made =
    [
        ("sqlite3.connect()", BlockingKind.Database, CursorMethods),
        ("sqlite3.Connection", BlockingKind.Database, CursorMethods),
        ("sqlite3.Cursor", BlockingKind.Database, CursorMethods),
        ("psycopg2.connect()", BlockingKind.Database, CursorMethods),
        ("psycopg.connect()", BlockingKind.Database, CursorMethods),
        ("pymysql.connect()", BlockingKind.Database, CursorMethods),
        ("MySQLdb.connect()", BlockingKind.Database, CursorMethods),
        ("mysql.connector.connect()", BlockingKind.Database, CursorMethods),
        ("pyodbc.connect()", BlockingKind.Database, CursorMethods),
        ("cx_Oracle.connect()", BlockingKind.Database, CursorMethods),
        ("oracledb.connect()", BlockingKind.Database, CursorMethods),
        ("pymssql.connect()", BlockingKind.Database, CursorMethods),
        ("sqlalchemy.orm.Session", BlockingKind.Database, CursorMethods),
        ("sqlalchemy.orm.session.Session", BlockingKind.Database, CursorMethods),
        ("sqlmodel.Session", BlockingKind.Database, CursorMethods),
        ("sqlalchemy.create_engine()", BlockingKind.Database, ["connect", "execute", "begin", .. CursorMethods]),
        ("sqlalchemy.engine.Connection", BlockingKind.Database, CursorMethods),
        ("sqlalchemy.engine.Engine", BlockingKind.Database, ["connect", "execute", "begin"]),
        ("pymongo.MongoClient", BlockingKind.Database,
        [
            "find_one", "insert_one", "insert_many", "update_one", "update_many", "delete_one", "delete_many", "replace_one", "count_documents", "aggregate", "bulk_write", "find_one_and_update",
        ]),
        ("redis.Redis", BlockingKind.Database,
        [
            "get", "set", "setex", "mget", "mset", "delete", "exists", "expire", "incr", "decr", "hget", "hset", "hgetall", "lpush", "rpush", "lpop", "rpop", "blpop", "brpop", "lrange",
            "sadd", "smembers", "zadd", "zrange", "publish", "keys", "ping", "eval", "scan",
        ]),
        ("requests.Session", BlockingKind.Network, HttpVerbs),
        ("requests.sessions.Session", BlockingKind.Network, HttpVerbs),
        ("httpx.Client", BlockingKind.Network, [.. HttpVerbs, "stream", "send"]),
        ("urllib3.PoolManager", BlockingKind.Network, ["request", "urlopen"]),
        ("http.client.HTTPConnection", BlockingKind.Network, ["request", "getresponse", "connect"]),
        ("http.client.HTTPSConnection", BlockingKind.Network, ["request", "getresponse", "connect"]),
        ("smtplib.SMTP", BlockingKind.Network, ["sendmail", "send_message", "login", "connect", "starttls"]),
        ("smtplib.SMTP_SSL", BlockingKind.Network, ["sendmail", "send_message", "login", "connect"]),
        ("ftplib.FTP", BlockingKind.Network, ["retrbinary", "storbinary", "login", "connect", "retrlines"]),
        ("paramiko.SSHClient", BlockingKind.Network, ["connect", "exec_command"]),
        ("subprocess.Popen", BlockingKind.Process, ["wait", "communicate"]),
        ("threading.Thread", BlockingKind.Thread, ["join"]),
        ("threading.Event", BlockingKind.Thread, ["wait"]),
        ("threading.Condition", BlockingKind.Thread, ["wait", "wait_for"]),
        ("multiprocessing.Process", BlockingKind.Process, ["join"]),
        ("concurrent.futures.ThreadPoolExecutor.submit()", BlockingKind.Thread, ["result", "exception"]),
        ("concurrent.futures.ProcessPoolExecutor.submit()", BlockingKind.Process, ["result", "exception"]),
        ("pathlib.Path", BlockingKind.File, ["read_text", "read_bytes", "write_text", "write_bytes", "open"]),
    ];

    private static readonly FrozenDictionary<string, (BlockingKind Kind, string[]? Methods)> ByMaker =
        Made.ToFrozenDictionary(made => made.Made, made => (made.Kind, made.Methods), StringComparer.Ordinal);

    /// <summary>The blocking calls of a function's own code; lambdas and functions inside it are left out, because somebody else may run them in a thread.</summary>
    public static IEnumerable<BlockingCall> In(Function function, RuleContext context)
    {
        foreach (var site in context.Calls.In(function))
        {
            if (Of(site, context) is { } call && BlockingCall.RunsInPlace(site, function))
                yield return call;
        }
    }

    private static BlockingCall? Of(CallSite site, RuleContext context)
    {
        if (site.Callee is not { } callee || site.IsAwaited)
            return null;
        if (Exact.TryGetValue(callee, out var kind))
            return IsHarmless(site, callee) ? null : new BlockingCall(site, kind, Known(callee));
        return OfObject(site, callee, context);
    }

    private static BlockingCall? OfObject(CallSite site, string callee, RuleContext context)
    {
        var end = callee.LastIndexOf('.');
        if (end <= 0)
            return null;
        var method = callee[(end + 1)..];
        if (callee.StartsWith("boto3.client().", StringComparison.Ordinal))
            return callee.Count(letter => letter == '.') == 2 ? new BlockingCall(site, BlockingKind.Network, callee) : null;
        // What the maker's methods return belongs to it: psycopg2.connect().cursor().execute
        for (var owner = callee[..end]; owner.Length > 0; owner = owner.LastIndexOf('.') is var dot and > 0 ? owner[..dot] : "")
        {
            if (ByMaker.TryGetValue(owner, out var made))
                return made.Methods is null || made.Methods.Contains(method) && !IsInstant(site, made.Kind, method) ? new BlockingCall(site, made.Kind, Known(callee)) : null;
            if (IsSessionFactory(owner, context))
                return CursorMethods.Contains(method) ? new BlockingCall(site, BlockingKind.Database, "session." + method) : null;
        }

        return null;
    }

    /// <summary>SessionLocal = sessionmaker(...): what SessionLocal() makes is a session, and one without await unless it is told otherwise.</summary>
    private static bool IsSessionFactory(string name, RuleContext context)
    {
        if (context.Project.Symbol(name) is not { Kind: BindingKind.Variable, Assignments: [{ Value: { Kind: NodeKind.Call } made }] })
            return false;
        var site = new CallSite(made, null, null);
        return context.Resolver.NameOf(made.Child(Field.Function)) is "sqlalchemy.orm.sessionmaker" or "sqlalchemy.orm.session.sessionmaker" or "sqlalchemy.orm.scoped_session"
            && !site.Keyword("class_"u8).Exists && !site.HasSpread;
    }

    private static bool IsHarmless(CallSite site, string callee) => callee switch
    {
        "time.sleep" => site.Argument(0).Bare is { Kind: NodeKind.Integer } zero && zero.Is("0"u8),
        // Names of this machine and addresses written as numbers need no server.
        "socket.getaddrinfo" or "socket.gethostbyname" =>
            site.Argument(0).Kind == NodeKind.String || site.Argument(5, "flags"u8) is { Exists: true } flags && flags.Text.Contains("NUMERIC", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>A wait that is told not to wait.</summary>
    private static bool IsInstant(CallSite site, BlockingKind kind, string method) =>
        kind is BlockingKind.Thread or BlockingKind.Process && method is "join" or "wait" or "result" && site.Argument(0, "timeout"u8) is { Exists: true } timeout && timeout.Is("0"u8);

    private static string Known(string callee) => callee
        .Replace("builtins.", "", StringComparison.Ordinal)
        .Replace("()", "", StringComparison.Ordinal);

    private static FrozenDictionary<string, BlockingKind> Table()
    {
        var table = new Dictionary<string, BlockingKind>(StringComparer.Ordinal) { ["time.sleep"] = BlockingKind.Sleep, ["builtins.input"] = BlockingKind.Input };
        Add(BlockingKind.Network, "requests.", HttpVerbs);
        Add(BlockingKind.Network, "requests.api.", HttpVerbs);
        Add(BlockingKind.Network, "httpx.", [.. HttpVerbs, "stream"]);
        Add(BlockingKind.Network, "urllib.request.", "urlopen", "urlretrieve");
        Add(BlockingKind.Network, "urllib3.", "request");
        Add(BlockingKind.Network, "socket.", "create_connection", "gethostbyname", "gethostbyaddr", "getaddrinfo", "getfqdn");
        Add(BlockingKind.Network, "smtplib.", "SMTP_SSL");
        Add(BlockingKind.Process, "subprocess.", "run", "call", "check_call", "check_output", "getoutput", "getstatusoutput");
        Add(BlockingKind.Process, "os.", "system", "wait", "waitpid");
        Add(BlockingKind.Database, "", "psycopg2.connect", "psycopg.connect", "pymysql.connect", "MySQLdb.connect", "mysql.connector.connect", "pyodbc.connect", "cx_Oracle.connect", "oracledb.connect");
        Add(BlockingKind.Database, "pandas.", "read_sql", "read_sql_query", "read_sql_table");
        Add(BlockingKind.Files, "shutil.", "rmtree", "copytree", "copyfile", "copy", "copy2", "copyfileobj", "make_archive", "unpack_archive");
        Add(BlockingKind.Files, "zipfile.ZipFile.", "extractall", "extract");
        Add(BlockingKind.Files, "tarfile.open().", "extractall", "extract");
        Add(BlockingKind.Files, "pandas.", "read_csv", "read_excel", "read_parquet", "read_json");
        Add(BlockingKind.File, "", "builtins.open", "io.open", "gzip.open", "bz2.open", "lzma.open");
        Add(BlockingKind.Computation, "bcrypt.", "hashpw", "checkpw");
        Add(BlockingKind.Computation, "hashlib.", "pbkdf2_hmac", "scrypt");
        Add(BlockingKind.Computation, "passlib.context.CryptContext.", "hash", "verify", "encrypt");
        Add(BlockingKind.Computation, "argon2.PasswordHasher.", "hash", "verify");
        Add(BlockingKind.Computation, "werkzeug.security.", "generate_password_hash", "check_password_hash");
        Add(BlockingKind.Computation, "django.contrib.auth.hashers.", "make_password", "check_password");
        return table.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(BlockingKind kind, string prefix, params string[] names)
        {
            foreach (var name in names)
                table.TryAdd(prefix + name, kind);
        }
    }
}
