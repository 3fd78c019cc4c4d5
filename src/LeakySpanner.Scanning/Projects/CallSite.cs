using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects;

/// <summary>A call somewhere in the project.</summary>
/// <param name="Call">The call expression.</param>
/// <param name="Callee">The canonical name of what is called ("requests.get", "app.cache.Cache.put", "builtins.open"), or null where that is not known.</param>
/// <param name="By">The function whose code it is, or null at module or class level.</param>
public readonly record struct CallSite(Node Call, string? Callee, Function? By)
{
    public Node Arguments => Call.Child(Field.Arguments);

    /// <summary>What stands before the last dot, or none.</summary>
    public Node Receiver => Call.Child(Field.Function) is { Kind: NodeKind.Attribute } attribute ? attribute.Child(Field.Object) : default;

    /// <summary>The last part of what is called as it is written: "append" of `rows.append(x)`.</summary>
    public string Method => Call.Child(Field.Function) switch
    {
        { Kind: NodeKind.Attribute } attribute => attribute.Child(Field.Attribute).Name,
        { Kind: NodeKind.Identifier } name => name.Name,
        _ => "",
    };

    public bool IsAwaited => Call.Parent.Kind == NodeKind.Await;

    /// <summary>The argument at a position, from 0, or the one given by keyword, or none.</summary>
    public Node Argument(int position, ReadOnlySpan<byte> keyword = default)
    {
        var at = 0;
        foreach (var argument in Arguments.Children)
        {
            if (argument.Kind == NodeKind.KeywordArgument)
            {
                if (!keyword.IsEmpty && argument.Child(Field.Name).Is(keyword))
                    return argument.Child(Field.Value);
            }
            else if (at++ == position && argument.Kind is not (NodeKind.ListSplat or NodeKind.DictionarySplat))
            {
                return argument;
            }
        }

        return default;
    }

    /// <summary>The argument given by keyword, or none.</summary>
    public Node Keyword(ReadOnlySpan<byte> keyword) => Argument(-1, keyword);

    /// <summary>True where arguments are spread (*args, **kwargs), so that what is not seen may be there.</summary>
    public bool HasSpread => Arguments.Child(NodeKind.ListSplat).Exists || Arguments.Child(NodeKind.DictionarySplat).Exists;
}
