using System.Collections.Frozen;
using LeakySpanner.Scanning.Projects.Storages;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects;

/// <summary>All that is known of a project once it is indexed; the same for every rule.</summary>
public sealed class ProjectFacts
{
    public ProjectFacts(Project project, ParallelOptions parallel)
    {
        Project = project;
        Calls = new CallTable(project, parallel);
        Reach = new Reach(project, Calls);
        Storages = new StorageTable(project, Calls, Reach, parallel);
        Keys = new KeyRange(project, Calls);
        Decorators = project.Modules.SelectMany(module => module.Functions).SelectMany(function => function.Decorators)
            .Select(decorator => project.Resolver.NameOf(decorator.Kind == NodeKind.Call ? decorator.Child(Field.Function) : decorator))
            .OfType<string>().ToFrozenSet(StringComparer.Ordinal);
        Growths = new GrowthTable(this);
    }

    public Project Project { get; }

    public CallTable Calls { get; }

    /// <summary>How often code runs.</summary>
    public Reach Reach { get; }

    /// <summary>Which keys end by themselves.</summary>
    public KeyRange Keys { get; }

    /// <summary>Which containers grow without end.</summary>
    public GrowthTable Growths { get; }

    /// <summary>The canonical names of everything that is used as a decorator.</summary>
    public FrozenSet<string> Decorators { get; }

    /// <summary>Which containers are filled and emptied, and where.</summary>
    public StorageTable Storages { get; }
}
