using System.Collections.Immutable;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Sessions;

/// <summary>
/// Remembers of a living process what is needed to say, once it is gone, how it ended: by itself, by a signal, by the kernel for want of
/// memory, or by becoming another program.
/// </summary>
public sealed class TargetFate
{
    /// <summary>A process that dies by SIGKILL with so much of its limit used was killed for it, though nobody has counted it.</summary>
    private const double NearLimit = 0.9;

    private readonly TargetProcess _target;
    private readonly MemoryLimit? _limit;
    private readonly OomKillCounter? _group;
    private readonly OomKillCounter _machine = OomKillCounter.OfMachine();
    private readonly long? _groupBefore;
    private readonly long? _machineBefore;
    private ImmutableArray<int> _children = [];

    /// <param name="target">Alive.</param>
    /// <param name="limit">What holds for it, or null.</param>
    public TargetFate(TargetProcess target, MemoryLimit? limit)
    {
        (_target, _limit) = (target, limit);
        _group = target.FindOomKills();
        _groupBefore = _group?.Read();
        _machineBefore = _machine.Read();
    }

    /// <summary>To be called now and then while it lives: whom it leaves behind is not told afterwards.</summary>
    public void RememberChildren() => _children = _target.ReadChildren();

    /// <param name="now">The wall clock.</param>
    /// <param name="after">Since the watching began.</param>
    /// <param name="last">Its memory when it was last seen.</param>
    public ProcessEnd Tell(DateTimeOffset now, TimeSpan after, MemorySample last)
    {
        var end = new ProcessEnd(EndKind.Unknown, now, after, null, null, last.Rss, _limit?.Limit, _limit?.Source);
        if (_target.IsAlive)
            return end with { Kind = EndKind.Replaced, Successor = _target.CommandLine };

        end = end with { Heirs = [.. _children.Where(IsAlive)], Successor = _target.IsPidReused ? _target.CommandLine : null };
        var exit = _target.ReadExit();
        end = end with { ExitCode = exit?.Code, Signal = exit?.Signal is { } signal ? ExitStatus.NameOf(signal) : null };
        if (exit is { Code: not null })
            return end with { Kind = EndKind.Exited };
        if (exit is { Signal: not ExitStatus.Kill })
            return end with { Kind = EndKind.Signalled };

        var isKill = exit is not null;
        if (_group?.Read() > _groupBefore)
            return end with { Kind = EndKind.OutOfMemory, IsInferred = !isKill };

        // Its group may be gone with it: then the machine's count and how full it was must do.
        var isFull = _limit is { } limit && (last.Rss + last.Swapped).Bytes >= NearLimit * limit.Limit.Bytes;
        if (_machine.Read() > _machineBefore && (isKill || isFull))
            return end with { Kind = EndKind.OutOfMemory, IsInferred = true };
        return end with { Kind = isKill ? EndKind.Signalled : EndKind.Unknown };
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            using var process = TargetProcess.Observe(pid);
            return true;
        }
        catch (TargetException)
        {
            return false;
        }
    }
}
