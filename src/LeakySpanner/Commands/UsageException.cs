namespace LeakySpanner.Commands;

/// <summary>The command line, or a file that it names, cannot be used; the message is one line that says what to do.</summary>
public sealed class UsageException(string message) : Exception(message);
