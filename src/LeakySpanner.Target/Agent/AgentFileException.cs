namespace LeakySpanner.Target.Agent;

/// <summary>A file that is not the agent's, or must not be believed.</summary>
public sealed class AgentFileException(string message) : Exception(message);
