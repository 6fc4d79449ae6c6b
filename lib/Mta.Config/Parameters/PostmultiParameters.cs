namespace Mta.Config.Parameters;

/// <summary>Parameters of instance management.</summary>
public static class PostmultiParameters
{
    /// <summary>Setting <c>multi_instance_directories</c>.</summary>
    public static readonly StringParameter MultiInstanceDirectories = new("multi_instance_directories", "");

    /// <summary>Setting <c>multi_instance_enable</c>.</summary>
    public static readonly BoolParameter MultiInstanceEnable = new("multi_instance_enable", false);

    /// <summary>Setting <c>multi_instance_group</c>.</summary>
    public static readonly StringParameter MultiInstanceGroup = new("multi_instance_group", "");

    /// <summary>Setting <c>multi_instance_name</c>.</summary>
    public static readonly StringParameter MultiInstanceName = new("multi_instance_name", "");

    /// <summary>Setting <c>multi_instance_wrapper</c>.</summary>
    public static readonly StringParameter MultiInstanceWrapper = new("multi_instance_wrapper", "");

    /// <summary>Setting <c>postmulti_control_commands</c>.</summary>
    public static readonly StringParameter PostmultiControlCommands = new("postmulti_control_commands", "reload flush");

    /// <summary>Setting <c>postmulti_start_commands</c>.</summary>
    public static readonly StringParameter PostmultiStartCommands = new("postmulti_start_commands", "start");

    /// <summary>Setting <c>postmulti_stop_commands</c>.</summary>
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
