namespace Mta.Config.Parameters;

/// <summary>Parameters of instance management.</summary>
public static class PostmultiParameters
{
    /// <summary>Configuration directories of further instances.</summary>
    public static readonly StringParameter MultiInstanceDirectories = new("multi_instance_directories", "");

    /// <summary>Start this instance together with the others.</summary>
    public static readonly BoolParameter MultiInstanceEnable = new("multi_instance_enable", false);

    /// <summary>Group of instances that this one belongs to.</summary>
    public static readonly StringParameter MultiInstanceGroup = new("multi_instance_group", "");

    /// <summary>Name of this instance.</summary>
    public static readonly StringParameter MultiInstanceName = new("multi_instance_name", "");

    /// <summary>Command that manages several instances.</summary>
    public static readonly StringParameter MultiInstanceWrapper = new("multi_instance_wrapper", "");

    /// <summary>Commands for running instances.</summary>
    public static readonly StringParameter PostmultiControlCommands = new("postmulti_control_commands", "reload flush");

    /// <summary>Commands that start instances.</summary>
    public static readonly StringParameter PostmultiStartCommands = new("postmulti_start_commands", "start");

    /// <summary>Commands that stop instances.</summary>
    public static readonly StringParameter PostmultiStopCommands = new("postmulti_stop_commands", "stop abort drain quick-stop");

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        MultiInstanceDirectories,
        MultiInstanceEnable,
        MultiInstanceGroup,
        MultiInstanceName,
        MultiInstanceWrapper,
        PostmultiControlCommands,
        PostmultiStartCommands,
        PostmultiStopCommands,
    ];
}
