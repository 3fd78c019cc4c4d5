using System.Buffers.Binary;
using System.Text;
using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Runtime;

/// <summary>
/// A script that a running interpreter is asked to run by itself, between two of its instructions and with the GIL held (PEP 768, CPython 3.14;
/// Python/remote_debug.h asks in the same way). Where everything for it stands, the process tells in _Py_DebugOffsets.
/// </summary>
public sealed class RemoteScript
{
    /// <summary>struct _debugger_support, the last in the table: six numbers of eight bytes.</summary>
    private const int SupportSize = 6 * sizeof(ulong);

    /// <summary>PyThreadState and _PyRemoteDebuggerSupport are smaller.</summary>
    private const ulong Furthest = 1 << 16;

    private const int LongestPath = 4096;

    /// <summary>_PY_EVAL_PLEASE_STOP_BIT.</summary>
    private const byte PleaseStop = 1 << 5;

    private const int MostThreads = 100_000;

    /// <summary>While some bits are set that the process itself may be setting.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    private readonly TargetProcess _target;
    private readonly Address _pending;

    private RemoteScript(TargetProcess target, Address pending) => (_target, _pending) = (target, pending);

    /// <summary>Whether the interpreter has begun with it: it does so when its main thread next runs Python.</summary>
    public bool IsTaken => ReadInt32(_target.Memory, _pending) is null or 0;

    /// <summary>Whether interpreters of that version can be asked.</summary>
    public static bool IsKnownTo(Version feature) => feature >= new Version(3, 14);

    /// <summary>What the owner of the process has decided; null where its version knows no such thing.</summary>
    public static bool? IsAllowed(PythonProcess python) => Support(python) is { } support
        && ReadInt32(python.Memory, python.Interpreter + (int)support.Enabled) is { } enabled ? enabled != 0 : null;

    /// <param name="python">Who is to run it.</param>
    /// <param name="target">Its process.</param>
    /// <param name="path">Of the script, as that process sees it.</param>
    /// <exception cref="TargetException">Too old, forbidden by its owner, busy with another one, or not to be written.</exception>
    public static RemoteScript Ask(PythonProcess python, TargetProcess target, string path)
    {
        if (Support(python) is not { } support)
            throw new TargetException(TargetFailure.NotSupported,
                $"{python.Description} cannot be asked to load the agent: that came with 3.14. Start the program with `leakyspanner run -- COMMAND`, or call leakyspanner(app) in it");
        if (IsAllowed(python) != true)
            throw new TargetException(TargetFailure.NotPermitted,
                "its owner does not allow it to be asked to load the agent (PYTHON_DISABLE_REMOTE_DEBUG or -X disable-remote-debug): start it without that, or with `leakyspanner run -- COMMAND`");
        var bytes = Encoding.UTF8.GetBytes(path + "\0");
        if ((ulong)bytes.Length > support.PathSize)
            throw new TargetException(TargetFailure.NotSupported, $"the path {path} is longer than the interpreter takes: set TMPDIR to a shorter folder");
        var thread = MainThread(python, target)
            ?? throw new TargetException(TargetFailure.NotSupported, "its main thread was not found among the interpreter's: try again");
        var script = new RemoteScript(target, thread + (int)(support.Offset + support.Pending));
        if (!script.IsTaken)
            throw new TargetException(TargetFailure.NotPermitted, "another tool has asked it to run a script that it has not begun with: try again later");

        using (target.Pause(LongestPause))
        {
            Span<byte> breaker = stackalloc byte[1];
            ReadOnlySpan<byte> one = [1, 0, 0, 0];
            if (target.TryWrite(thread + (int)(support.Offset + support.Path), bytes)
                && target.TryWrite(script._pending, one)
                && target.Memory.TryRead(thread + (int)support.Breaker, breaker)
                && target.TryWrite(thread + (int)support.Breaker, [(byte)(breaker[0] | PleaseStop)]))
                return script;
        }

        throw new TargetException(TargetFailure.NotPermitted, $"not permitted to write to process {target.Pid}: `leakyspanner doctor --pid {target.Pid}` tells more");
    }

    /// <summary>It is not to be run any more, if it has not begun.</summary>
    public void Withdraw() => _ = IsTaken || _target.TryWrite(_pending, [0, 0, 0, 0]);

    private static (ulong Breaker, ulong Offset, ulong Enabled, ulong Pending, ulong Path, ulong PathSize)? Support(PythonProcess python)
    {
        if (!IsKnownTo(python.Layout.Version) || python.Layout.DebugOffsets is not { } table)
            return null;
        var bytes = new byte[SupportSize];
        if (!python.Memory.TryRead(python.Runtime + (table.Size - SupportSize), bytes))
            return null;
        ulong At(int index) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(index * sizeof(ulong)));
        var support = (Breaker: At(0), Offset: At(1), Enabled: At(2), Pending: At(3), Path: At(4), PathSize: At(5));
        var isSane = support.Breaker is > 0 and < Furthest && support.Breaker % sizeof(ulong) == 0 && support.Offset is > 0 and < Furthest
            && support.Enabled < 1 << 20 && support.Pending < Furthest && support.Path < Furthest && support.Path != support.Pending
            && support.PathSize is >= 64 and <= LongestPath;
        return isSane ? support : null;
    }

    private static Address? MainThread(PythonProcess python, TargetProcess target)
    {
        var (memory, layout) = (python.Memory, python.Layout);
        // As it numbers itself in its own pid namespace.
        var number = (ulong)(target.ReadStatus().InnermostPid is > 0 and var inner ? inner : target.Pid);
        if (!memory.TryReadAddress(python.Interpreter + layout.Interpreter.ThreadsHead, out var thread))
            return null;
        for (var seen = 0; !thread.IsNull && seen < MostThreads; seen++)
        {
            if (memory.TryReadUInt64(thread + layout.Thread.NativeThreadId, out var native) && native == number)
                return thread;
            if (!memory.TryReadAddress(thread + layout.Thread.Next, out thread))
                return null;
        }

        return null;
    }

    private static int? ReadInt32(ITargetMemory memory, Address address)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        return memory.TryRead(address, bytes) ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : null;
    }
}
