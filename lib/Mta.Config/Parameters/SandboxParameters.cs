namespace Mta.Config.Parameters;

/// <summary>
/// What confines each daemon beyond its user and its root. Ours alone: Postfix has no such thing. Every one may be set
/// for one service by <c>-o</c> in master.cf.
/// </summary>
public static class SandboxParameters
{
    /// <summary>Whether daemons run under the kernel's rules for files, ports and system calls (Landlock, seccomp), where it has them.</summary>
    public static readonly EnumParameter Sandbox = new("sandbox", "on", "on", "off", "yes", "no");

    /// <summary>TCP ports that daemons may connect to beyond those that main.cf names; <c>any</c> is all.</summary>
    public static readonly StringParameter SandboxConnectPorts = new("sandbox_connect_ports", "");

    /// <summary>Files and directories that daemons may read beyond those that main.cf names.</summary>
    public static readonly StringParameter SandboxReadPaths = new("sandbox_read_paths", "");

    /// <summary>Files and directories that daemons may write beyond those of their work.</summary>
    public static readonly StringParameter SandboxWritePaths = new("sandbox_write_paths", "");

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        Sandbox,
        SandboxConnectPorts,
        SandboxReadPaths,
        SandboxWritePaths,
    ];

    /// <summary>Whether a value of <see cref="Sandbox"/> says yes.</summary>
    public static bool IsOn(Configuration configuration) => configuration.Get(Sandbox) is "on" or "yes";
}
