using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Target.Linux;

/// <summary>
/// Which container a process is in. Runtimes put ids into the names of control groups, each in its own way and in another one under
/// systemd; seen from inside a namespace of control groups these names are cut off, and the files that runtimes mount tell the same.
/// </summary>
public static partial class ContainerIdentity
{
    /// <summary>What stands before the id in the name of a group or a systemd scope.</summary>
    private static readonly FrozenDictionary<string, string> RuntimeByPrefix = new Dictionary<string, string>
    {
        ["docker"] = "docker",
        ["cri-containerd"] = "containerd",
        ["containerd"] = "containerd",
        ["nerdctl"] = "containerd",
        ["crio"] = "cri-o",
        ["libpod"] = "podman",
    }.ToFrozenDictionary();

    /// <summary>The group above one that has the id for its whole name.</summary>
    private static readonly FrozenDictionary<string, string> RuntimeByFolder = new Dictionary<string, string>
    {
        ["docker"] = "docker",
        ["libpod_parent"] = "podman",
    }.ToFrozenDictionary();

    /// <summary>Null where it is in none that is known by such names.</summary>
    /// <param name="pid">As we see it.</param>
    /// <param name="root">Prefix of every path; a test's folder.</param>
    public static ContainerFacts? For(int pid, string root = "")
    {
        var process = root + "/proc/" + pid.ToString(CultureInfo.InvariantCulture);
        return Of(Read(process + "/cgroup"), Read(process + "/mountinfo")) is { } container
            ? container with { HostName = HostNameFile.Read(process + "/root") }
            : null;
    }

    /// <param name="groups">/proc/PID/cgroup.</param>
    /// <param name="mounts">/proc/PID/mountinfo.</param>
    public static ContainerFacts? Of(string groups, string mounts)
    {
        var facts = new ContainerFacts(null, null, null);
        foreach (var line in groups.Split('\n'))
        {
            if (line.Split(':', 3) is [_, _, var path])
                facts = Join(facts, OfGroup(path));
        }

        foreach (var mount in Mount.Parse(mounts))
            facts = Join(facts, OfMount(mount));
        return facts is { Id: null, PodUid: null } ? null : facts;
    }

    /// <summary>What is known already stands; where two hierarchies name different containers, the first is right as often as the second.</summary>
    private static ContainerFacts Join(ContainerFacts known, ContainerFacts added) =>
        known.Id is not null && added.Id is not null && known.Id != added.Id
            ? known
            : new ContainerFacts(known.Runtime ?? added.Runtime, known.Id ?? added.Id, known.PodUid ?? added.PodUid, known.Name ?? added.Name);

    private static ContainerFacts OfGroup(string path)
    {
        var uid = PodInGroup().Match(path) is { Success: true } pod ? Dashed(pod.Groups["uid"].Value) : null;
        var segments = path.Split('/', ':');

        // The innermost one counts: a container may run a runtime of its own.
        for (var i = segments.Length - 1; i >= 0; i--)
        {
            if (IdInGroup().Match(segments[i]) is not { Success: true } found)
                continue;
            var prefix = found.Groups["prefix"].Value;
            if (prefix.Length == 0)
                return new ContainerFacts(i > 0 ? RuntimeByFolder.GetValueOrDefault(segments[i - 1]) : null, found.Groups["id"].Value, uid);

            // conmon stands beside the container that it supervises, in a group named like it, and is not in it.
            if (RuntimeByPrefix.TryGetValue(prefix, out var runtime))
                return new ContainerFacts(runtime, found.Groups["id"].Value, uid);
        }

        return new ContainerFacts(null, null, uid);
    }

    /// <summary>Only files that every container gets for itself: an agent may well have the folder of all containers mounted.</summary>
    private static ContainerFacts OfMount(Mount mount)
    {
        var none = new ContainerFacts(null, null, null);
        if (mount.Point is not ("/etc/hosts" or "/etc/hostname" or "/etc/resolv.conf" or "/dev/termination-log"))
            return none;
        if (PodInMount().Match(mount.Root) is { Success: true } pod)
            return none with { PodUid = Dashed(pod.Groups["uid"].Value), Name = pod.Groups["name"] is { Success: true } name ? name.Value : null };
        if (mount.Root.Contains("/io.containerd.grpc.v1.cri/sandboxes/", StringComparison.Ordinal))
            return none with { Runtime = "containerd" };

        // In a pod these files belong to its sandbox, whose id is not the container's.
        return IdInDockerMount().Match(mount.Root) is { Success: true } docker
            ? none with { Runtime = "docker", Id = docker.Groups["id"].Value }
            : none;
    }

    /// <summary>systemd's names of slices have no room for dashes.</summary>
    private static string Dashed(string uid) => uid.Replace('_', '-');

    private static string Read(string path) => ProcFile.TryReadText(path, out var text) == ProcOutcome.Read ? text : "";

    [GeneratedRegex(@"^(?:(?<prefix>[a-z][a-z-]*)-)?(?<id>[0-9a-f]{64})(?:\.scope)?$", RegexOptions.CultureInvariant)]
    private static partial Regex IdInGroup();

    /// <summary>Static pods have 32 digits without dashes.</summary>
    [GeneratedRegex(@"[/-]pod(?<uid>[0-9a-f]{8}([-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:$|[/.])", RegexOptions.CultureInvariant)]
    private static partial Regex PodInGroup();

    [GeneratedRegex(@"/pods/(?<uid>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})/(?:containers/(?<name>[a-z0-9.-]{1,253})/)?", RegexOptions.CultureInvariant)]
    private static partial Regex PodInMount();

    [GeneratedRegex(@"/docker/containers/(?<id>[0-9a-f]{64})/(?:hosts|hostname|resolv\.conf)$", RegexOptions.CultureInvariant)]
    private static partial Regex IdInDockerMount();
}
