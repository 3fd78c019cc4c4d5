using System.Collections.Immutable;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Objects;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model.Heap;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Walk;

/// <summary>
/// Works out the plan of a type from its chain of bases: what a known base covers is read exactly, what a class adds is
/// named by its slots and dict, and words that nothing explains are scanned. A class statement leaves no such words.
/// </summary>
internal sealed class TypePlanner(ITargetMemory memory, PythonLayout layout, TypeRegistry types, WalkLimits limits)
{
    private const int HeaderSize = 16;

    private readonly KnownReaders _known = new(layout, limits);
    private readonly InlineValues _values = InlineValues.For(layout.Dict);
    private readonly PageWindow _window = new(memory);

    public KnownReaders Known => _known;

    public TypePlan Make(PythonType type, int row, TypePlan? staticForm)
    {
        ObjectReader? reader = null;
        var fields = new List<FieldOffset>();
        var scanned = new List<int>();
        var covered = HeaderSize;
        foreach (var level in Levels(type))
        {
            if (_known.Find(level) is { } known && level.BasicSize >= HeaderSize)
            {
                // object is known too, but says nothing of what comes after its header.
                reader = known.Reader is FixedReader && known.Fields.IsEmpty && level.Base is null ? reader : known.Reader;
                fields.AddRange(known.Fields.Where(field => field.Offset + sizeof(ulong) <= level.BasicSize));
            }
            else
            {
                AddOwnWords(level, covered, fields, scanned);
            }

            covered = Math.Max(covered, level.BasicSize);
        }

        var isFixed = reader is not null;
        var scansItems = reader is null && type.ItemSize >= sizeof(ulong);
        reader ??= scanned.Count > 0 || scansItems ? _known.Scan : new FixedReader();
        if (type.IsHeapType)
            fields.Insert(0, new FieldOffset("__class__", sizeof(ulong)));
        var trailing = AddDict(type, fields);
        var hasEmbeddedValues = type.HasFlag(layout.Type.InlineValuesFlag);
        var inline = type.HasManagedDict && (hasEmbeddedValues || layout.Type.InlineValuesFlag == 0) ? types.ReadSharedKeys(type) : [];
        if (inline.Length > limits.SharedKeys)
            inline = inline[..limits.SharedKeys];
        return new TypePlan
        {
            Row = row,
            Name = type.Name,
            Kind = type.Kind,
            TypeAddress = type.Address.Value,
            Reader = reader,
            PreHeaderSize = type.PreHeaderSize,
            BasicSize = type.BasicSize,
            ItemSize = type.ItemSize,
            ItemCountOffset = layout.Objects.ItemCount,
            HasCollectorHeader = type.HasCollectorHeader,
            Fields = [.. fields],
            HasTrailingDict = trailing,
            InlineNames = inline,
            Values = type.HasManagedDict ? _values : null,
            HasEmbeddedValues = type.HasManagedDict && hasEmbeddedValues,
            FieldForm = FormOf(type),
            InlineCapacity = InlineCapacityOf(type, inline.Length),
            ScannedOffsets = [.. scanned],
            ScansAsFields = isFixed && reader is not (NumericArrayReader or ModuleReader),
            StaticForm = staticForm,
        };
    }

    /// <summary>The same type's plan where a static type is concerned: PyTypeObject alone.</summary>
    public TypePlan StaticFormOf(TypePlan plan, int row) => new()
    {
        Row = row,
        Name = plan.Name,
        Kind = plan.Kind,
        TypeAddress = plan.TypeAddress,
        Reader = plan.Reader,
        PreHeaderSize = 0,
        BasicSize = layout.Type.Size,
        ItemSize = 0,
        ItemCountOffset = plan.ItemCountOffset,
        FieldForm = layout.StaticTypes is null ? FieldForm.Plain : FieldForm.SmallIsNone,
        Fields = [.. plan.Fields.Where(field => field.Offset + sizeof(ulong) <= layout.Type.Size)],
    };

    private FieldForm FormOf(PythonType type) =>
        type.Kind is ObjectKind.Coroutine or ObjectKind.Frame && layout.Frame.HasStackReferences ? FieldForm.StackReference
        : type.HasManagedDict && layout.Dict.Attributes == AttributeForm.Tagged ? FieldForm.OddIsNone
        : FieldForm.Plain;

    private static Stack<PythonType> Levels(PythonType type)
    {
        var levels = new Stack<PythonType>();
        for (var level = type; level is not null; level = level.Base)
            levels.Push(level);
        return levels;
    }

    private void AddOwnWords(PythonType level, int covered, List<FieldOffset> fields, List<int> scanned)
    {
        var members = types.MembersOf(level);
        var end = Math.Min(level.BasicSize, limits.FixedPartBytes);
        for (var offset = (covered + sizeof(ulong) - 1) & -sizeof(ulong); offset + sizeof(ulong) <= end; offset += sizeof(ulong))
        {
            if (offset == level.WeakListOffset || offset == level.DictOffset)
                continue;
            var member = members.FirstOrDefault(slot => slot.Offset == offset);
            if (member.Name is { } name)
                fields.Add(new FieldOffset(name, offset));
            else
                scanned.Add(offset);
        }
    }

    /// <returns>True where the dict stands after the items.</returns>
    private bool AddDict(PythonType type, List<FieldOffset> fields)
    {
        var offset = type.HasManagedDict ? layout.Dict.InlineDictPointer : type.DictOffset;
        if (offset == 0 || fields.Exists(field => field.Offset == offset))
            return false;
        if (offset < 0 && !type.HasManagedDict)
            return type.ItemSize > 0;
        if (offset + sizeof(ulong) <= type.BasicSize)
            fields.Add(new FieldOffset("__dict__", offset));
        return false;
    }

    private long InlineCapacityOf(PythonType type, int names)
    {
        if (names == 0 || !_window.TryWord(type.Address.Value + (ulong)layout.Type.HeapCachedKeys, out var keys))
            return names;
        _window.Forget();
        return KeyTable.TryRead(_window, layout, limits, keys, out var table) ? table.SharedCapacity : names;
    }

    /// <summary>A plan for the frames of one code object, in an object of the base plan or, without one, on a thread's stack.</summary>
    public TypePlan MakeForCode(TypePlan? basis, CodeNames code, string module, int frame, int row)
    {
        var frames = layout.Frame;
        var fields = ImmutableArray.CreateBuilder<FieldOffset>();
        if (basis is not null)
            fields.AddRange(basis.Fields);
        if (!frames.AreObjects)
        {
            fields.Add(new FieldOffset("__function__", frame + frames.Function));
            fields.Add(new FieldOffset("__locals__", frame + frames.Locals));
            fields.Add(new FieldOffset("__frame__", frame + frames.FrameObject));
            if (basis is null || basis.Kind == ObjectKind.Frame)
                fields.Add(new FieldOffset("f_code", frame + frames.Code));
        }

        for (var i = 0; i < code.Locals.Length; i++)
            fields.Add(new FieldOffset(code.Locals[i], frame + frames.LocalsPlus + (i * sizeof(ulong))));
        return new TypePlan
        {
            Row = row,
            Name = NameOf(basis?.Name ?? "frame", module, code),
            Kind = basis?.Kind ?? ObjectKind.Frame,
            TypeAddress = basis?.TypeAddress ?? 0,
            Reader = basis?.Reader ?? _known.Frame,
            PreHeaderSize = basis?.PreHeaderSize ?? 0,
            BasicSize = basis?.BasicSize ?? frames.LocalsPlus,
            ItemSize = 0,
            ItemCountOffset = layout.Objects.ItemCount,
            HasCollectorHeader = basis?.HasCollectorHeader ?? false,
            FieldForm = layout.Frame.HasStackReferences ? FieldForm.StackReference : FieldForm.Plain,
            Fields = fields.ToImmutable(),
            IsOfCode = true,
            FrameSlots = code.Locals.Length + code.StackSize,
            LocalCount = code.Locals.Length,
            FrameEnd = frame + frames.LocalsPlus + ((code.Locals.Length + code.StackSize) * sizeof(ulong)),
        };
    }

    /// <summary>A plan for coroutines of one code object whose frame is an object of its own: only the name tells them apart.</summary>
    public static TypePlan MakeForReferrer(TypePlan basis, CodeNames code, string module, int row) => new()
    {
        Row = row,
        Name = NameOf(basis.Name, module, code),
        Kind = basis.Kind,
        TypeAddress = basis.TypeAddress,
        Reader = basis.Reader,
        PreHeaderSize = basis.PreHeaderSize,
        BasicSize = basis.BasicSize,
        ItemSize = basis.ItemSize,
        ItemCountOffset = basis.ItemCountOffset,
        HasCollectorHeader = basis.HasCollectorHeader,
        Fields = basis.Fields,
        IsOfCode = true,
    };

    private static string NameOf(string kind, string module, CodeNames code) =>
        module.Length == 0 ? $"{kind} {code.QualifiedName}" : $"{kind} {module}.{code.QualifiedName}";
}
