using Mta.Config;

namespace Mta.Smtpd;

/// <summary>Kinds of trouble that the postmaster may want to hear of (<c>notify_classes</c>); those that this daemon meets.</summary>
[Flags]
internal enum NoticeClass
{
    None = 0,

    /// <summary>A restriction refused something.</summary>
    Policy = 1,

    /// <summary>The client broke the protocol, or the server's conversation with it broke down.</summary>
    Protocol = 2,

    /// <summary>No room, or no help of another service.</summary>
    Resource = 4,

    /// <summary>A mistake in the configuration or the software.</summary>
    Software = 8,

    /// <summary>Message content was refused.</summary>
    Data = 16,

    /// <summary>A message was refused as undeliverable.</summary>
    Bounce = 32,
}

/// <summary>Reads <c>notify_classes</c>.</summary>
internal static class NoticeClasses
{
    /// <summary>The classes that are wanted; those of other daemons are passed over.</summary>
    /// <exception cref="ConfigurationException">A word is no class.</exception>
    public static NoticeClass Wanted(Configuration configuration)
    {
        NoticeClass classes = NoticeClass.None;
        foreach (string word in WordSet.NotifyClasses(configuration))
        {
            classes |= word switch
            {
                "policy" => NoticeClass.Policy,
                "protocol" => NoticeClass.Protocol,
                "resource" => NoticeClass.Resource,
                "software" => NoticeClass.Software,
                "data" => NoticeClass.Data,
                "bounce" => NoticeClass.Bounce,
                _ => NoticeClass.None,
            };
        }

        return classes;
    }

    /// <summary>The class of a refusal by its reply, where nothing more is known of it.</summary>
    public static NoticeClass Of(string reply) =>
        reply.StartsWith("452 4.3.1", StringComparison.Ordinal) || reply.Contains("queue file write error", StringComparison.Ordinal) ? NoticeClass.Resource
        : reply.StartsWith("451 4.3.5", StringComparison.Ordinal) || reply.StartsWith("451 4.3.0 Error: internal", StringComparison.Ordinal) ? NoticeClass.Software
        : reply.StartsWith("552 ", StringComparison.Ordinal) ? NoticeClass.Bounce
        : reply.StartsWith("554 5.4.0", StringComparison.Ordinal) ? NoticeClass.Bounce
        : NoticeClass.Protocol;
}
