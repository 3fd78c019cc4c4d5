using LeakySpanner.Scanning.Sources;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Symbols;

/// <summary>One pass over a file's tree: scopes, what they bind, functions, classes, imports.</summary>
public sealed class ModuleIndexer
{
    private readonly Module _module;

    private ModuleIndexer(SourceFile file) => _module = new Module(file);

    public static Module Index(SourceFile file)
    {
        var indexer = new ModuleIndexer(file);
        if (file.Tree.Root.Exists)
            indexer.Visit(file.Tree.Root, indexer._module.Scope);
        return indexer._module;
    }

    private void Visit(Node node, Scope scope)
    {
        switch (node.Kind)
        {
            case NodeKind.FunctionDefinition:
                VisitFunction(node, scope);
                return;
            case NodeKind.ClassDefinition:
                VisitClass(node, scope);
                return;
            case NodeKind.Lambda:
                VisitLambda(node, scope);
                return;
            case NodeKind.ImportStatement or NodeKind.ImportFromStatement or NodeKind.FutureImportStatement:
                new ImportReader(_module, scope).Read(node);
                return;
            case NodeKind.Assignment:
                VisitAssignment(node, scope);
                break;
            case NodeKind.AugmentedAssignment:
                Bind(node.Child(Field.Left), node.Child(Field.Right), AssignmentKind.Augmented, scope);
                break;
            case NodeKind.NamedExpression:
                Bind(node.Child(Field.Name), node.Child(Field.Value), AssignmentKind.Plain, scope);
                break;
            case NodeKind.ForStatement or NodeKind.ForInClause:
                Bind(node.Child(Field.Left), node.Child(Field.Right), AssignmentKind.For, scope);
                break;
            case NodeKind.AsPattern:
                BindAlias(node, scope);
                break;
            case NodeKind.ReturnStatement:
                if (scope.Function is { } returning && node.FirstChild.Exists)
                    returning.Returns = [.. returning.Returns, node.FirstChild];
                break;
            case NodeKind.Yield:
                if (scope.Function is { } generator)
                    generator.IsGenerator = true;
                break;
            case NodeKind.Identifier or NodeKind.String or NodeKind.Integer:
                return;
        }

        foreach (var child in node.Children)
            Visit(child, scope);
    }

    private void VisitFunction(Node node, Scope scope)
    {
        var name = node.Child(Field.Name).Name;
        var own = new Scope(ScopeKind.Function, scope, _module, NamePool.Join(scope.QualifiedName, name));
        var function = new Function(name, node, own, scope.Class);
        own.Function = function;
        _module.Add(node, own);
        _module.Functions.Add(function);
        scope.Bind(name, BindingKind.Function).Function = function;

        var parameters = new List<string>();
        foreach (var parameter in node.Child(Field.Parameters).Children)
            ReadParameter(parameter, own, scope, parameters);
        function.Parameters = parameters;
        Visit(node.Child(Field.ReturnType), scope);

        var body = node.Child(Field.Body);
        ReadGlobals(body, own);
        Visit(body, own);
    }

    private void ReadParameter(Node parameter, Scope own, Scope around, List<string> names)
    {
        var name = parameter.Kind == NodeKind.Identifier ? parameter : parameter.Child(Field.Name);
        if (!name.Exists && parameter.Kind == NodeKind.TypedParameter)
            name = parameter.FirstChild;
        if (!name.Exists)
            name = parameter.Kind is NodeKind.ListSplatPattern or NodeKind.DictionarySplatPattern ? parameter.FirstChild : default;
        if (name.Kind != NodeKind.Identifier)
            return;
        names.Add(name.Name);
        var binding = own.Bind(name.Name, BindingKind.Parameter);
        if (parameter.Kind is NodeKind.TypedParameter or NodeKind.TypedDefaultParameter)
            binding.Annotation = parameter.Child(Field.Type);
        if (parameter.Child(Field.Value) is { Exists: true } value)
        {
            binding.Add(new Assignment(value, AssignmentKind.Default, own.Function));
            Visit(value, around);
        }
    }

    private void VisitLambda(Node node, Scope scope)
    {
        var own = new Scope(ScopeKind.Function, scope, _module, NamePool.Join(scope.QualifiedName, "<lambda>"));
        _module.Add(node, own);
        foreach (var parameter in node.Child(Field.Parameters).Children)
            ReadParameter(parameter, own, scope, []);
        Visit(node.Child(Field.Body), own);
    }

    private void VisitClass(Node node, Scope scope)
    {
        var name = node.Child(Field.Name).Name;
        var own = new Scope(ScopeKind.Class, scope, _module, NamePool.Join(scope.QualifiedName, name));
        var defined = new Class(name, node, own);
        own.Class = defined;
        _module.Add(node, own);
        _module.Classes.Add(defined);
        scope.Bind(name, BindingKind.Class).Class = defined;

        var bases = new List<Node>();
        foreach (var child in node.Child(Field.Superclasses).Children)
        {
            if (child.Kind != NodeKind.KeywordArgument)
                bases.Add(child);
            Visit(child, scope);
        }

        defined.Bases = bases;
        Visit(node.Child(Field.Body), own);
    }

    private void VisitAssignment(Node node, Scope scope)
    {
        var left = node.Child(Field.Left);
        var right = node.Child(Field.Right);
        // a = b = value
        while (right.Kind == NodeKind.Assignment)
            right = right.Child(Field.Right);
        Bind(left, right, AssignmentKind.Plain, scope);
        if (node.Child(Field.Type) is { Exists: true } annotation && BindingOf(left, scope) is { } binding)
            binding.Annotation = annotation;
    }

    private void BindAlias(Node pattern, Scope scope)
    {
        var alias = pattern.Child(Field.Alias);
        var kind = pattern.Parent.Kind switch
        {
            NodeKind.WithItem => AssignmentKind.With,
            NodeKind.ExceptClause => AssignmentKind.Except,
            _ => AssignmentKind.Unpacked,
        };
        Bind(alias.FirstChild.Exists ? alias.FirstChild : alias, pattern.FirstChild, kind, scope);
    }

    private void Bind(Node target, Node value, AssignmentKind kind, Scope scope)
    {
        switch (target.Kind)
        {
            case NodeKind.Identifier or NodeKind.Attribute:
                if (BindingOf(target, scope) is { } binding && value.Exists)
                    binding.Add(new Assignment(value, kind, FunctionAround(scope)));
                return;
            case NodeKind.PatternList or NodeKind.TuplePattern or NodeKind.ListPattern or NodeKind.ListSplatPattern or NodeKind.ParenthesizedExpression or NodeKind.ExpressionList or NodeKind.Tuple:
                BindParts(target, value, kind, scope);
                return;
        }
    }

    private void BindParts(Node target, Node value, AssignmentKind kind, Scope scope)
    {
        var pairwise = kind == AssignmentKind.Plain && value.Kind is NodeKind.ExpressionList or NodeKind.Tuple
            && value.Children.Count == target.Children.Count;
        var number = 0;
        foreach (var part in target.Children)
        {
            Bind(part, pairwise ? value.Children.At(number) : value, pairwise ? AssignmentKind.Plain : AssignmentKind.Unpacked, scope);
            number++;
        }
    }

    /// <summary>Of a name, or of an attribute of self or cls; null for other targets.</summary>
    private static Binding? BindingOf(Node target, Scope scope)
    {
        if (target.Kind == NodeKind.Identifier)
            return scope.Bind(target.Name, BindingKind.Variable);
        if (target.Kind != NodeKind.Attribute || target.Child(Field.Object) is not { Kind: NodeKind.Identifier } self)
            return null;
        var method = FunctionAround(scope);
        if (method?.Owner is not { } owner || method.Parameters.Count == 0 || self.Name != method.Parameters[0])
            return null;
        var name = target.Child(Field.Attribute).Name;
        return IsClassMethod(method) ? owner.Scope.Bind(name, BindingKind.Variable) : owner.Instance.Bind(name, BindingKind.Variable);
    }

    private static bool IsClassMethod(Function method)
    {
        foreach (var decorator in method.Decorators)
        {
            if (decorator.Is("classmethod"u8))
                return true;
        }

        return false;
    }

    /// <summary>The method whose self is meant: nested functions and lambdas see it too.</summary>
    private static Function? FunctionAround(Scope scope)
    {
        var at = scope;
        while (at is not null && at.Kind == ScopeKind.Function && at.Function is null)
            at = at.Parent;
        return at?.Function;
    }

    private void ReadGlobals(Node body, Scope own)
    {
        var nodes = body.Subtree.GetEnumerator();
        while (nodes.MoveNext())
        {
            var node = nodes.Current;
            if (node.Kind is NodeKind.FunctionDefinition or NodeKind.ClassDefinition or NodeKind.Identifier or NodeKind.ExpressionStatement)
            {
                nodes.SkipInside();
                continue;
            }

            if (node.Kind is not (NodeKind.GlobalStatement or NodeKind.NonlocalStatement))
                continue;
            foreach (var name in node.Children)
            {
                var owner = node.Kind == NodeKind.GlobalStatement ? _module.Scope : own.Parent?.Find(name.Name)?.Scope;
                if (owner is not null)
                    own.Share(name.Name, owner);
            }
        }
    }
}
