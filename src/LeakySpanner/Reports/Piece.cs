namespace LeakySpanner.Reports;

/// <summary>What a piece of text means; the writer decides whether that is a colour.</summary>
public enum Ink
{
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
    Warn,
}

/// <param name="Text">Breaks at spaces; a no-break space keeps words together and is written as a space.</param>
/// <param name="Ink">What it means.</param>
public readonly record struct Piece(string Text, Ink Ink = Ink.Plain)
{
    public static implicit operator Piece(string text) => new(text);

    public static Piece Strong(string text) => new(text, Ink.Strong);

    public static Piece Faint(string text) => new(text, Ink.Faint);
}
