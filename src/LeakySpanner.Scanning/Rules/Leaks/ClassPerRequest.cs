using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>Classes that requests make.</summary>
public sealed class ClassPerRequest : Rule
{
    public override RuleInfo Info { get; } = new(
        "class_per_request",
        "class made per request",
        RuleSeverity.High,
        """
        Every request makes a new class: with create_model, type(), namedtuple, make_dataclass, or a class statement inside a function that runs per request. A class is a cycle of a
        dozen objects, a pydantic model of thousands, with compiled validators; base classes, registries and caches keep lists of subclasses. Make it once, or once per shape behind
        a bounded cache.
        """,
        """
        from pydantic import create_model

        @app.post("/forms/{name}")
        def form(name: str, fields: dict):
            Form = create_model(name, **{key: (str, ...) for key in fields})
            return Form(**fields)
        """,
        """
        from functools import lru_cache
        from pydantic import create_model

        @lru_cache(maxsize=100)
        def form_of(keys: tuple):
            return create_model("Form", **{key: (str, ...) for key in keys})

        @app.post("/forms")
        def form(fields: dict):
            return form_of(tuple(sorted(fields)))(**fields)
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var site in context.Calls.In(module))
        {
            if (site.By is not { } by || !Makes(site) || !IsRepeated(by, context) || IsKept(site.Call, by))
                continue;
            context.Report(context.Case(site.Call, $"{by.Name}() makes a class {context.When(by)}", "make it once at module level, or behind @functools.lru_cache(maxsize=100)", Confidence.High, by));
        }

        foreach (var defined in module.Classes)
        {
            if (module.FunctionOf(defined.Definition) is { } by && IsRepeated(by, context) && context.Reach.EntryOf(by) is not null)
            {
                context.Report(context.Case(
                    defined.Definition.Child(Field.Name), $"{by.Name}() defines the class {defined.Name} {context.When(by)}", "define it at module level", Confidence.High, by));
            }
        }
    }

    private static bool Makes(CallSite site) => site.Callee switch
    {
        "pydantic.create_model" or "pydantic.main.create_model" or "collections.namedtuple" or "dataclasses.make_dataclass" or "types.new_class" or "typing.NamedTuple" => true,
        "builtins.type" => site.Arguments.Children.Count == 3,
        _ => false,
    };

    private static bool IsRepeated(Function by, RuleContext context)
    {
        if (context.Reach.Of(by) != Frequency.Repeated)
            return false;
        foreach (var function in context.Reach.PathTo(by))
        {
            if (function.Decorators.Any(decorator => Memo.IsOne(decorator, context.Resolver)))
                return false;
        }

        return true;
    }

    /// <summary>`if Model is None: Model = create_model(...)`, `models[key] = create_model(...)`: for the rules about containers.</summary>
    private static bool IsKept(Node call, Function by)
    {
        if (call.Parent.Kind != NodeKind.Assignment)
            return false;
        var left = call.Parent.Child(Field.Left);
        if (left.Kind is NodeKind.Subscript or NodeKind.Attribute)
            return true;
        return left.Kind == NodeKind.Identifier && !ReferenceEquals(Resolver.BindingOf(left)?.Scope, by.Scope);
    }
}
