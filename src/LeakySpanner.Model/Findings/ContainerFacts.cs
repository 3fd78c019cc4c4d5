namespace LeakySpanner.Model.Findings;

/// <summary>The container that a process runs in, as far as the kernel's texts tell. What they do not tell is null.</summary>
/// <param name="Runtime">"docker", "containerd", "cri-o", "podman".</param>
/// <param name="Id">64 hexadecimal digits, as `docker ps --no-trunc` and `crictl ps --no-trunc` print them.</param>
/// <param name="PodUid">metadata.uid of the Kubernetes pod.</param>
/// <param name="Name">The container's name in its pod.</param>
/// <param name="HostName">In Kubernetes the pod's name; in Docker the id's first twelve digits unless another was given.</param>
public sealed record ContainerFacts(string? Runtime, string? Id, string? PodUid, string? Name = null, string? HostName = null)
{
    /// <summary>As much of the id as docker and crictl print by default.</summary>
    public string? ShortId => Id is { Length: > 12 } ? Id[..12] : Id;
}
