using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;

namespace LeakySpanner.CPython.Walk;

/// <summary>The module whose code a frame runs: its function's __module__, or, to 3.10, where a frame knows no function, "__name__" of its globals.</summary>
internal static class FrameModule
{
    private const string Name = "__name__";

    /// <summary>"" where it cannot be told.</summary>
    public static string Read(PageWindow window, PythonLayout layout, WalkLimits limits, ulong scope)
    {
        var module = layout.Frame.AreObjects
            ? NameIn(window, layout, scope)
            : window.TryWord(scope + (ulong)layout.Function.Module, out var word) ? new Address(word) : Address.Null;
        return PythonText.TryRead(window.Memory, layout.Text, module, limits.NameLength, out var text) ? text : "";
    }

    /// <summary>It is among a module's first names.</summary>
    private static Address NameIn(PageWindow window, PythonLayout layout, ulong globals)
    {
        var found = Address.Null;
        if (window.TryWord(globals + (ulong)layout.Dict.Keys, out var keys))
        {
            DictKeys.TryVisit(window.Memory, layout.Dict, new Address(keys), (key, value) =>
            {
                if (PythonText.TryRead(window.Memory, layout.Text, key, Name.Length, out var text) && text == Name)
                    found = value;
                return found.IsNull;
            });
        }

        return found;
    }
}
