using LeakySpanner.CPython.Layouts;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Types;

/// <summary>The name a person knows a type by: tp_name of static types, "module.qualname" of heap types.</summary>
internal sealed class TypeNames(ITargetMemory memory, PythonLayout layout)
{
    private const int LongestName = 256;

    /// <summary>The interned "__module__": once known, finding it in a class costs no read per key.</summary>
    private Address _moduleKey;

    public bool TryRead(Address type, Address name, Address dict, bool isHeapType, out string text)
    {
        if (!PythonText.TryReadC(memory, name, LongestName, out text))
            return false;
        if (!isHeapType
            || !memory.TryReadAddress(type + layout.Type.HeapQualifiedName, out var qualified)
            || !PythonText.TryRead(memory, layout.Text, qualified, LongestName, out var own) || own.Length == 0
            || own.AsSpan().ContainsAnyInRange('\0', '\x1f'))
            return true;
        var module = FindModule(dict);
        if (module is null)
            return true;
        text = module == "builtins" ? own : $"{module}.{own}";
        return true;
    }

    private string? FindModule(Address dict)
    {
        if (dict.IsNull || !memory.TryReadAddress(dict + layout.Dict.Keys, out var keys))
            return null;
        var found = Address.Null;
        var known = _moduleKey;
        if (!known.IsNull)
        {
            DictKeys.TryVisit(memory, layout.Dict, keys, (key, value) =>
            {
                found = key == known ? value : Address.Null;
                return found.IsNull;
            });
        }
        if (found.IsNull)
        {
            DictKeys.TryVisit(memory, layout.Dict, keys, (key, value) =>
            {
                if (!PythonText.TryRead(memory, layout.Text, key, "__module__".Length, out var text) || text != "__module__")
                    return true;
                _moduleKey = key;
                found = value;
                return false;
            });
        }
        return !found.IsNull && PythonText.TryRead(memory, layout.Text, found, LongestName, out var module)
            && module.Length > 0 && !module.AsSpan().ContainsAnyInRange('\0', '\x1f')
            ? module
            : null;
    }
}
