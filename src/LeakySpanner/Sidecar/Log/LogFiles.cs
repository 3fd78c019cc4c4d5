using System.Globalization;

namespace LeakySpanner.Sidecar.Log;

/// <summary>
/// The files of one session, 0600: leakyspanner_YYYYMMDD_HHMMSS.log, and where that is full .2.log, .3.log and so on. All together they
/// keep to a bound: the oldest is removed, but never the first, which has the baseline. What cannot be written is not kept; it is
/// tried again later. Never throws.
/// </summary>
internal sealed class LogFiles : IDisposable
{
    /// <summary>The first, two full ones, and the one that is written.</summary>
    private const int MostParts = 4;

    /// <summary>Sessions of one second that share a folder.</summary>
    private const int MostNames = 100;

    /// <summary>ENOSPC.</summary>
    private const int NoSpace = 28;

    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(30);

    private readonly string _folder;
    private readonly long _partBytes;
    private readonly TimeProvider _clock;
    private readonly Queue<string> _later = [];
    private readonly string _time;
    private string? _name;
    private FileStream? _file;
    private int _part;
    private long _lastTry;

    /// <param name="folder">Made where it is not there.</param>
    /// <param name="bytes">Of all files together.</param>
    /// <param name="clock">Its local time names the session.</param>
    public LogFiles(string folder, long bytes, TimeProvider clock)
    {
        (_folder, _clock) = (folder, clock);
        _partBytes = Math.Max(bytes / MostParts, 4096);
        _time = clock.GetLocalNow().ToString("yyyyMMdd'_'HHmmss", CultureInfo.InvariantCulture);
        Open();
    }

    /// <summary>The file that is written, or null where none can be.</summary>
    public string? Current => _file?.Name;

    /// <summary>Why nothing can be written, or null.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Bytes that were not written since the last time that something was.</summary>
    public long Missed { get; private set; }

    public void Write(ReadOnlySpan<byte> lines)
    {
        // Somebody may have moved it away, as tools that rotate logs do: then it is made anew.
        if (_file is not null && !File.Exists(_file.Name))
        {
            Close();
            _ = Open();
        }

        if (_file is null && (_clock.GetElapsedTime(_lastTry) < BetweenTries || !Open()))
        {
            Missed += lines.Length;
            return;
        }

        if (_file!.Length > 0 && _file.Length + lines.Length > _partBytes && !NextPart())
        {
            Missed += lines.Length;
            return;
        }

        Append(lines);
    }

    public void Dispose() => _file?.Dispose();

    private void Append(ReadOnlySpan<byte> lines)
    {
        var length = _file!.Length;
        try
        {
            _file.Seek(0, SeekOrigin.End);
            _file.Write(lines);
            (Trouble, Missed) = (null, 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Missed += lines.Length;
            Fail(exception);
            CutBack(length);
        }
    }

    /// <summary>A full disk may have taken half a line.</summary>
    private void CutBack(long length)
    {
        try
        {
            _file?.SetLength(length);
        }
        catch (IOException)
        {
            // The line stays as it is.
        }

        Close();
    }

    private bool NextPart()
    {
        if (_part > 1)
            _later.Enqueue(_file!.Name);
        Close();
        if (!Open(_part + 1))
            return false;
        while (_later.Count > MostParts - 2)
            Remove(_later.Dequeue());
        return true;
    }

    /// <summary>The session's first file, or the last one again after a trouble.</summary>
    private bool Open() => Open(Math.Max(_part, 1));

    private bool Open(int part)
    {
        _lastTry = _clock.GetTimestamp();
        try
        {
            if (!Directory.Exists(_folder))
                Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            _file = _name is null ? Create() : Reopen(part == 1 ? $"{_name}.log" : string.Create(CultureInfo.InvariantCulture, $"{_name}.{part}.log"), FileMode.OpenOrCreate);
            _part = part;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            Fail(exception);
            return false;
        }
    }

    /// <summary>A name that nobody has.</summary>
    private FileStream Create()
    {
        for (var number = 1; ; number++)
        {
            var name = Path.Combine(_folder, $"leakyspanner_{_time}{(number == 1 ? "" : "_" + number.ToString(CultureInfo.InvariantCulture))}");
            try
            {
                var file = Reopen(name + ".log", FileMode.CreateNew);
                _name = name;
                return file;
            }
            catch (IOException) when (number < MostNames && File.Exists(name + ".log"))
            {
                // Another service's session began in this second.
            }
        }
    }

    private FileStream Reopen(string name, FileMode mode) => new(Path.Combine(_folder, name), new FileStreamOptions
    {
        Mode = mode,
        Access = FileAccess.Write,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    private void Fail(Exception exception)
    {
        _lastTry = _clock.GetTimestamp();
        Trouble = $"the log in {_folder} cannot be written ({Why(exception)}); requests are served and watched all the same";
    }

    private static string Why(Exception exception) => exception switch
    {
        UnauthorizedAccessException => "permission denied",
        IOException when (exception.HResult & 0xffff) == NoSpace => "no space left",
        DirectoryNotFoundException => "no such folder",
        _ => exception.GetType().Name,
    };

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody has taken it, or the folder: then it is no longer ours to bound.
        }
    }
}
