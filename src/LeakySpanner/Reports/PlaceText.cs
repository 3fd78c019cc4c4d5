using LeakySpanner.Model.Findings;

namespace LeakySpanner.Reports;

/// <summary>Where a process runs, if not simply on this machine.</summary>
public static class PlaceText
{
    /// <summary>"in pod shop-7c9d, container app 4f2a1b9c0d1e (containerd), where its pid is 7"; null where there is nothing to say.</summary>
    public static string? Of(ProcessFacts process) => Of(process.Pid, process.InnermostPid, process.Container);

    /// <inheritdoc cref="Of(ProcessFacts)"/>
    public static string? Of(int outerPid, int? innermostPid, ContainerFacts? place)
    {
        var pid = innermostPid is { } inner && inner != outerPid ? $"where its pid is {inner}" : null;
        return place is { } container
            ? $"in {Of(container)}" + (pid is null ? "" : ", " + pid)
            : pid is null ? null : $"in a pid namespace of its own, {pid}";
    }

    /// <summary>"container 4f2a1b9c0d1e (docker)".</summary>
    public static string Of(ContainerFacts container)
    {
        var words = string.Join(' ', ((string?[])["container", container.Name, container.ShortId]).Where(word => word is not null));
        var runtime = container.Runtime is { } name ? $" ({name})" : "";
        if (container.PodUid is not { } uid)
            return words + runtime + (container.HostName is { } host && host != container.ShortId ? $", host name {host}" : "");
        var pod = container.HostName is { } podName ? $"pod {podName} (uid {uid})" : $"pod {uid}";
        return container is { Id: null, Name: null } ? pod + runtime : $"{pod}, {words}{runtime}";
    }
}
