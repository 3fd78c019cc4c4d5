using System.Collections.Immutable;
using System.Globalization;

namespace LeakySpanner.Doctor;

/// <summary>What to change, as it is written where the observer runs.</summary>
internal static class Remedies
{
    private const string Kubernetes = "kubernetes";
    private const string Docker = "docker";
    private const string Machine = "machine";

    /// <summary>To read processes of any user: the capability SYS_PTRACE, which only uid 0 gets into effect in a container.</summary>
    public static ImmutableArray<Remedy> Trace(Surroundings where) => where switch
    {
        Surroundings.Kubernetes =>
        [
            new Remedy(
                Kubernetes,
                "securityContext:            # of the container that leakyspanner runs in",
                "  runAsUser: 0",
                "  capabilities:",
                "    add: [\"SYS_PTRACE\"]"),
        ],
        Surroundings.Container => [new Remedy(Docker, "docker run --user 0 --cap-add SYS_PTRACE ...   # the container that leakyspanner runs in")],
        _ => [new Remedy(Machine, "run leakyspanner with sudo")],
    };

    /// <summary>To read processes of one user, that user's rights are enough where Yama does not object.</summary>
    public static ImmutableArray<Remedy> BecomeUser(Surroundings where, uint user)
    {
        var uid = user.ToString(CultureInfo.InvariantCulture);
        return where switch
        {
            Surroundings.Kubernetes => [.. Trace(where), new Remedy(Kubernetes, "securityContext:            # or, without any capability, the user of the service", $"  runAsUser: {uid}")],
            Surroundings.Container => [.. Trace(where), new Remedy(Docker, $"docker run --user {uid} ...   # or, without any capability, the user of the service")],
            _ => [.. Trace(where), new Remedy(Machine, $"sudo -u '#{uid}' leakyspanner ...   # or as the user of the service")],
        };
    }

    public static ImmutableArray<Remedy> PtraceScope(Surroundings where) =>
        [.. Trace(where), new Remedy(Machine, "sudo sysctl kernel.yama.ptrace_scope=0   # on the host; for everybody, until it is started again")];

    public static ImmutableArray<Remedy> Reboot() =>
        [new Remedy(Machine, "set kernel.yama.ptrace_scope to 0, 1 or 2 in /etc/sysctl.d and start the machine again: 3 cannot be lowered")];

    /// <summary>To see the processes of other containers at all.</summary>
    public static ImmutableArray<Remedy> ShareProcesses(Surroundings where) => where == Surroundings.Kubernetes
        ?
        [
            new Remedy(Kubernetes, "spec:                       # of the pod", "  shareProcessNamespace: true"),
            new Remedy(Kubernetes, "kubectl debug -it POD --target=CONTAINER --profile=general --image=IMAGE   # or, of a pod that runs already"),
        ]
        : [new Remedy(Docker, "docker run --pid=container:SERVICE --cap-add SYS_PTRACE ...   # or --pid=host")];

    public static ImmutableArray<Remedy> Seccomp(Surroundings where) => where switch
    {
        Surroundings.Kubernetes => [new Remedy(Kubernetes, "securityContext:            # of the container that leakyspanner runs in", "  seccompProfile:", "    type: Unconfined")],
        Surroundings.Container => [new Remedy(Docker, "docker run --security-opt seccomp=unconfined ...   # --cap-add SYS_PTRACE suffices with Docker's own profile")],
        _ => [new Remedy(Machine, "allow process_vm_readv, pidfd_open and ptrace in the filter (systemd: SystemCallFilter=@debug process_vm_readv)")],
    };

    public static ImmutableArray<Remedy> SecurityModule(Surroundings where) => where switch
    {
        Surroundings.Kubernetes => [new Remedy(Kubernetes, "securityContext:            # of the container that leakyspanner runs in", "  appArmorProfile:", "    type: Unconfined")],
        Surroundings.Container => [new Remedy(Docker, "docker run --security-opt apparmor=unconfined ...   # SELinux: --security-opt label=disable")],
        _ => [new Remedy(Machine, "ask who set the policy (`aa-status`, `ausearch -m avc`)")],
    };

    /// <summary>Capabilities of a user namespace end at its border.</summary>
    public static ImmutableArray<Remedy> LeaveUserNamespace(Surroundings where) => where switch
    {
        Surroundings.Kubernetes => [new Remedy(Kubernetes, "spec:                       # of the pod", "  hostUsers: true")],
        Surroundings.Container => [new Remedy(Docker, "docker run --userns=host --cap-add SYS_PTRACE --pid=host ...")],
        _ => [new Remedy(Machine, "run leakyspanner outside of the user namespace, with sudo")],
    };
}
