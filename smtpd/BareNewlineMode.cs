namespace Mta.Smtpd;

/// <summary>What a session does with LF that has no CR before it (<c>smtpd_forbid_bare_newline</c>).</summary>
internal enum BareNewlineMode
{
    /// <summary>LF ends a line, and any run of CR before it is dropped. Open to SMTP smuggling.</summary>
    Allow,

    /// <summary>LF ends a line, but only CRLF.CRLF ends the message.</summary>
    Normalize,

    /// <summary>As <see cref="Normalize"/>, and the session is marked in the log.</summary>
    Note,

    /// <summary>The command or message is refused.</summary>
    Reject,
}
