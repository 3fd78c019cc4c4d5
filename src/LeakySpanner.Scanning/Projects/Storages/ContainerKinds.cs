using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects.Storages;

/// <summary>What kind of container a storage is, told from what it was made of.</summary>
public static class ContainerKinds
{
    public static ContainerKind Of(Storage storage, Project project)
    {
        foreach (var mutation in storage.Mutations)
        {
            if (mutation.Kind is MutationKind.Make or MutationKind.Replace && mutation.Value.Exists && OfValue(mutation.Value, project) is not ContainerKind.Unknown and var kind)
                return kind;
        }

        if (storage.Outer is { } outer)
            return OfEntries(outer, project);
        if (storage.Binding is not { } binding)
            return ContainerKind.Unknown;
        foreach (var assignment in binding.Assignments)
        {
            if (OfValue(assignment.Value, project) is not ContainerKind.Unknown and var kind)
                return kind;
        }

        return project.Resolver.TypeOf(binding) is { } type ? OfType(type.Name) : ContainerKind.Unknown;
    }

    private static ContainerKind OfEntries(Storage outer, Project project)
    {
        foreach (var mutation in outer.Mutations)
        {
            if (mutation.Kind == MutationKind.Grow && mutation.Value.Exists && OfValue(mutation.Value, project) is not ContainerKind.Unknown and var kind)
                return kind;
        }

        return outer.Binding is { } binding && project.Resolver.TypeOf(binding) is { Element: { } element } ? OfType(element) : ContainerKind.Unknown;
    }

    private static ContainerKind OfValue(Node value, Project project)
    {
        value = value.Bare;
        if (value.Kind == NodeKind.BooleanOperator)
            value = value.Child(Field.Right).Bare;
        if (project.Resolver.TypeOf(value) is not { } type)
            return ContainerKind.Unknown;
        var kind = OfType(type.Name);
        if (value.Kind != NodeKind.Call)
            return kind;
        var call = new CallSite(value, null, null);
        return kind switch
        {
            ContainerKind.Deque when call.Argument(1, "maxlen"u8).Exists || call.HasSpread => ContainerKind.Bounded,
            ContainerKind.Queue when call.Argument(0, "maxsize"u8) is { Exists: true } size && !size.Is("0"u8) || call.HasSpread => ContainerKind.Bounded,
            _ => kind,
        };
    }

    private static ContainerKind OfType(string type) => type switch
    {
        "builtins.dict" or "collections.defaultdict" or "collections.OrderedDict" or "collections.Counter" or "collections.UserDict" => ContainerKind.Mapping,
        "builtins.list" or "builtins.bytearray" => ContainerKind.List,
        "builtins.set" => ContainerKind.Set,
        "collections.deque" => ContainerKind.Deque,
        "queue.Queue" or "queue.SimpleQueue" or "queue.LifoQueue" or "queue.PriorityQueue" or "asyncio.Queue" or "asyncio.PriorityQueue" or "asyncio.LifoQueue"
            or "multiprocessing.Queue" or "asyncio.queues.Queue" => ContainerKind.Queue,
        _ when type.StartsWith("cachetools.", StringComparison.Ordinal) || type.StartsWith("weakref.", StringComparison.Ordinal) => ContainerKind.Bounded,
        _ => ContainerKind.Unknown,
    };
}
