using System.Collections.Immutable;
using System.Text;

namespace LeakySpanner.Analysis.Retention;

/// <summary>A path under construction: what a person reads, and the part that each word gives to the dotted name.</summary>
internal sealed class PathWords
{
    private const string Omission = "...";
    private readonly List<(string Text, string Part)> _words = [];

    public bool StartsWithTask => _words.Count > 0 && _words[0].Text.StartsWith("task ", StringComparison.Ordinal);

    public void Add(string text, string part) => _words.Add((text, part));

    /// <summary>Begins anew: the word is known by itself.</summary>
    public void Start(string text, string part)
    {
        _words.Clear();
        Add(text, part);
    }

    /// <summary>Begins anew, unless what was passed is one of the entries of a container, which then matters.</summary>
    public void StartUnlessOneOfMany(string text, string part)
    {
        if (_words.Exists(word => word.Part.StartsWith('[')))
            Add(text, "");
        else
            Start(text, part);
    }

    public void AddFrame(string text, string part)
    {
        // A frame below another stands for itself; the thread stays.
        if (_words.Count > 1)
            _words.RemoveRange(1, _words.Count - 1);
        Add(text, part);
    }

    /// <summary>"default argument of f" becomes "default argument 'seen' of f".</summary>
    public void RenameLast(string? parameter)
    {
        if (parameter is null || _words.Count == 0)
            return;
        var (text, part) = _words[^1];
        _words[^1] = (text.Replace("argument of", $"argument '{parameter}' of", StringComparison.Ordinal),
            part.Replace("()", $"({parameter})", StringComparison.Ordinal));
    }

    public void Elide() => Add(Omission, "[]");

    public ImmutableArray<string> Segments() => [.. _words.Select(word => word.Text)];

    public string Name()
    {
        var name = new StringBuilder();
        foreach (var (_, part) in _words)
        {
            if (part.Length == 0)
                continue;
            if (name.Length > 0 && part[0] != '[')
                name.Append('.');
            name.Append(part);
        }

        return name.Length > 0 ? name.ToString() : _words[^1].Text;
    }
}
