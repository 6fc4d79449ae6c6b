namespace Mta.Smtpd.Identity;

/// <summary>Who has logged in, by AUTH or by a trusted proxy's word (XCLIENT LOGIN).</summary>
/// <param name="Method">The mechanism as the client wrote it; <c>XCLIENT</c> for a proxy's word.</param>
/// <param name="UserName">Printable.</param>
internal sealed record Login(string Method, string UserName)
{
    public const string XclientMethod = "XCLIENT";

    /// <summary>Anonymous users are like strangers.</summary>
    public bool IsAnonymous => Mta.Text.Ascii.EqualsIgnoreCase(Method, "ANONYMOUS");
}
