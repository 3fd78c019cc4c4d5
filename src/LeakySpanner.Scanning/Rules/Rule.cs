using LeakySpanner.Scanning.Symbols;

namespace LeakySpanner.Scanning.Rules;

/// <summary>
/// One thing that goes wrong in source. A rule keeps nothing between calls: <see cref="Check"/> runs for many modules at once.
/// </summary>
public abstract class Rule
{
    public abstract RuleInfo Info { get; }

    /// <summary>Tells what one module has of it. What other modules say is asked of <see cref="RuleContext.Facts"/>.</summary>
    public abstract void Check(Module module, RuleContext context);
}
