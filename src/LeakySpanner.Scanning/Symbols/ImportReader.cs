using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Symbols;

/// <summary>Import statements: which name stands for which dotted one.</summary>
internal sealed class ImportReader(Module module, Scope scope)
{
    public void Read(Node statement)
    {
        if (statement.Kind == NodeKind.ImportStatement)
            ReadImport(statement);
        else if (statement.Kind == NodeKind.ImportFromStatement)
            ReadFrom(statement);
    }

    private void ReadImport(Node statement)
    {
        foreach (var child in statement.Children)
        {
            if (child.Kind == NodeKind.AliasedImport)
            {
                Bind(child.Child(Field.Alias).Name, Dotted(child.Child(Field.Name)));
            }
            else if (child.Kind == NodeKind.DottedName)
            {
                // `import a.b` binds a.
                var first = child.FirstChild.Name;
                Bind(first, first);
            }
        }
    }

    private void ReadFrom(Node statement)
    {
        var from = ModuleOf(statement.Child(Field.ModuleName));
        foreach (var child in statement.Children)
        {
            if (child.Kind == NodeKind.WildcardImport)
                module.Wildcards.Add(from);
            if (child.Field != Field.Name)
                continue;
            var aliased = child.Kind == NodeKind.AliasedImport;
            var name = Dotted(aliased ? child.Child(Field.Name) : child);
            Bind(aliased ? child.Child(Field.Alias).Name : name, from.Length > 0 ? NamePool.Join(from, name) : name);
        }
    }

    /// <summary>The absolute name of what "from" names: dots go up from the module's own package.</summary>
    private string ModuleOf(Node node)
    {
        if (node.Kind != NodeKind.RelativeImport)
            return Dotted(node);
        var levels = 0;
        foreach (var dot in node.Child(NodeKind.ImportPrefix).Utf8)
            levels += dot == (byte)'.' ? 1 : 0;
        var package = module.Name;
        for (var i = module.File.IsPackage ? 1 : 0; i < levels; i++)
            package = package.LastIndexOf('.') is var end and >= 0 ? package[..end] : "";
        var rest = Dotted(node.Child(NodeKind.DottedName));
        return rest.Length == 0 ? package : package.Length == 0 ? rest : NamePool.Join(package, rest);
    }

    private static string Dotted(Node node)
    {
        if (node.Kind != NodeKind.DottedName)
            return node.Exists ? node.Name : "";
        var name = "";
        foreach (var part in node.Children)
            name = name.Length == 0 ? part.Name : NamePool.Join(name, part.Name);
        return name;
    }

    private void Bind(string name, string target)
    {
        if (name.Length > 0)
            scope.Bind(name, BindingKind.Import).Target = target;
    }
}
