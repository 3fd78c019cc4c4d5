using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Walk;

/// <summary>
/// The rows of the graph's type table while they are found. Looking up by row needs no lock; the registry, which may read
/// the target, is asked by one worker at a time.
/// </summary>
internal sealed class PlanTable(ITargetMemory memory, PythonLayout layout, TypeRegistry types, WalkLimits limits)
{
    private readonly Lock _lock = new();
    private readonly TypePlanner _planner = new(memory, layout, types, limits);
    private readonly ConcurrentDictionary<ulong, TypePlan> _byType = new();
    private readonly ConcurrentDictionary<(int Row, ulong Code), TypePlan?> _byCode = new();
    private volatile TypePlan[] _rows = new TypePlan[1024];
    private TypePlan?[] _byIndex = new TypePlan?[1024];
    private int _count;

    public int Count => _count;

    public TypePlan this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _rows[row];
    }

    /// <summary>The plan of a verified type. For the thread that owns the registry while no worker runs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TypePlan Of(PythonType type) =>
        (uint)type.Index < (uint)_byIndex.Length && _byIndex[type.Index] is { } plan ? plan : Make(type);

    /// <summary>The plan of the type at an address, or null where there is none that can be verified.</summary>
    public TypePlan? Find(ulong type)
    {
        if (_byType.TryGetValue(type, out var plan))
            return plan;
        lock (_lock)
        {
            return types.Find(new Address(type)) is { } found ? Of(found) : null;
        }
    }

    /// <summary>The plan of one code object's frames; null where the code cannot be believed.</summary>
    /// <param name="basis">Of the object that the frame is part of; null for frames on a thread's stack.</param>
    /// <param name="scope">The frame's function, or to 3.10 its globals: what tells the module.</param>
    /// <param name="frame">From the object to its frame; negative where the object only refers to it.</param>
    /// <param name="name">A str that names the code better than it does itself, or 0.</param>
    public TypePlan? ForCode(TypePlan? basis, ulong code, ulong scope, int frame, WalkWorker worker, ulong name = 0)
    {
        // Objects outside arenas are refined twice: before their whole size is known, and when they are read.
        if (basis is { IsOfCode: true })
            return basis;
        var key = (basis?.Row ?? -1, code);
        if (_byCode.TryGetValue(key, out var plan))
            return plan;
        if (_count >= limits.Types)
        {
            worker.Fault(Faults.TooManyTypes);
            return null;
        }

        var names = CodeNames.TryRead(worker.Discovery, layout, limits, code);
        if (names is null)
        {
            worker.Fault(Faults.FrameInconsistent);
            return null;
        }

        if (name != 0 && PythonText.TryRead(memory, layout.Text, new Address(name), limits.NameLength * 2, out var better))
            names = names with { QualifiedName = better };
        var module = FrameModule.Read(worker.Discovery, layout, limits, scope);
        lock (_lock)
        {
            if (_byCode.TryGetValue(key, out plan))
                return plan;
            plan = Enter(row => frame < 0 ? TypePlanner.MakeForReferrer(basis!, names, module, row) : _planner.MakeForCode(basis, names, module, frame, row));
            _byCode[key] = plan;
            return plan;
        }
    }

    private TypePlan Make(PythonType type)
    {
        lock (_lock)
        {
            if (_byType.TryGetValue(type.Address.Value, out var plan))
                return plan;
            plan = Enter(row => _planner.Make(type, row, staticForm: null));
            if (type.Address == types.TypeOfTypes)
            {
                var general = plan;
                var staticForm = Enter(row => _planner.StaticFormOf(general, row));
                plan = _planner.Make(type, general.Row, staticForm);
                _rows[plan.Row] = plan;
            }

            while (type.Index >= _byIndex.Length)
                Array.Resize(ref _byIndex, _byIndex.Length * 2);
            _byIndex[type.Index] = plan;
            _byType[type.Address.Value] = plan;
            return plan;
        }
    }

    private TypePlan Enter(Func<int, TypePlan> make)
    {
        var plan = make(_count);
        if (_count == _rows.Length)
        {
            var rows = new TypePlan[_rows.Length * 2];
            _rows.CopyTo(rows, 0);
            _rows = rows;
        }

        _rows[_count] = plan;
        Volatile.Write(ref _count, _count + 1);
        return plan;
    }
}
