using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects;

/// <summary>Types that are seen from the kind of an expression alone.</summary>
internal static class Literals
{
    public static string? TypeOf(NodeKind kind) => kind switch
    {
        NodeKind.Dictionary or NodeKind.DictionaryComprehension => "builtins.dict",
        NodeKind.List or NodeKind.ListComprehension => "builtins.list",
        NodeKind.Set or NodeKind.SetComprehension => "builtins.set",
        NodeKind.Tuple or NodeKind.ExpressionList => "builtins.tuple",
        NodeKind.String or NodeKind.ConcatenatedString => "builtins.str",
        NodeKind.Integer => "builtins.int",
        NodeKind.Float => "builtins.float",
        NodeKind.True or NodeKind.False or NodeKind.ComparisonOperator or NodeKind.NotOperator => "builtins.bool",
        NodeKind.GeneratorExpression => "builtins.generator",
        _ => null,
    };

    /// <summary>True where the value is written down: the same whenever the code runs.</summary>
    public static bool IsConstant(Node node) => node.Bare.Kind switch
    {
        NodeKind.Integer or NodeKind.Float or NodeKind.True or NodeKind.False or NodeKind.NoneLiteral or NodeKind.Ellipsis => true,
        NodeKind.String => !node.Bare.Child(NodeKind.Interpolation).Exists,
        NodeKind.UnaryOperator => true,
        _ => false,
    };
}
