using LeakySpanner.Target.Linux;

namespace LeakySpanner.Doctor;

/// <summary>What the observer runs in, which decides where its rights are written.</summary>
public enum Surroundings
{
    Machine,
    Container,
    Kubernetes,
}

internal static class SurroundingsOfUs
{
    public static Surroundings Find()
    {
        var container = ContainerIdentity.For(Environment.ProcessId);

        // kubelet gives the variable to every container; runtimes leave the files in the root of theirs.
        if (container?.PodUid is not null || Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 })
            return Surroundings.Kubernetes;
        return container is not null || File.Exists("/.dockerenv") || File.Exists("/run/.containerenv") ? Surroundings.Container : Surroundings.Machine;
    }
}
