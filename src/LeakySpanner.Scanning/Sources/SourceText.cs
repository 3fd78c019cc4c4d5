namespace LeakySpanner.Scanning.Sources;

/// <summary>A file as it was read.</summary>
/// <param name="Path">Relative, with slashes.</param>
/// <param name="Text">Its bytes.</param>
public readonly record struct SourceText(string Path, byte[] Text);
