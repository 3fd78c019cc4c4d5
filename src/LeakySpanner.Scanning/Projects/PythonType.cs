namespace LeakySpanner.Scanning.Projects;

/// <summary>What a value is, as far as the source tells.</summary>
/// <param name="Name">The class: "builtins.dict", "collections.deque", "app.sessions.Session". What a function of a foreign package returns is named after
/// the function, with brackets: "psycopg2.connect()".</param>
/// <param name="Element">The class of what a container holds (of a mapping: of its values), or null.</param>
public readonly record struct PythonType(string Name, string? Element = null);
