namespace Mta.Postqueue;

/// <summary>What would make a recipient move, told from the last reply. The first entry that fits is used.</summary>
internal static class Advice
{
    private static readonly (string Sign, string Text)[] Signs =
    [
        ("Connection timed out", "the server has to be reachable: a firewall or a dead route swallows connections to it"),
        ("Connection refused", "the server's SMTP service has to be running"),
        ("No route to host", "the network between here and the server has to work"),
        ("Network is unreachable", "this machine needs a route to that network (is IPv6 tried where there is none? see inet_protocols)"),
        ("Host not found, try again", "the name servers have to answer: look at resolv.conf and at the domain's own name servers"),
        ("Host or domain name not found", "the domain has to get a valid MX or address record"),
        ("mail for", "the domain's MX record has to stop pointing back here, or the domain belongs into mydestination or relay_domains"),
        ("lost connection", "the server broke off: it has to be asked again later; its own log knows why"),
        ("timed out while", "the server is too slow: it is asked again; the smtp_*_timeout settings say how long is waited"),
        ("Greylist", "nothing: the server takes it at a later attempt"),
        ("greylist", "nothing: the server takes it at a later attempt"),
        ("quota", "the recipient has to make room in the mailbox"),
        ("mailbox is full", "the recipient has to make room in the mailbox"),
        ("over quota", "the recipient has to make room in the mailbox"),
        ("TLS", "the two sides have to agree on TLS: see smtp_tls_security_level and smtp_tls_policy_maps"),
        ("Server certificate", "the server needs a certificate that the policy for it accepts: see smtp_tls_policy_maps"),
        ("SASL authentication failed", "name and password have to be right: see smtp_sasl_password_maps"),
        ("deferred transport", "defer_transports has to be emptied: postconf -e defer_transports="),
        ("mail transport unavailable", "the transport's service has to be in master.cf and to start: the mail log says what is wrong with it"),
        ("unknown mail transport error", "the delivery agent died: the mail log says why"),
        ("Temporary lookup failure", "the table that is named in the mail log has to answer"),
        ("Insufficient system", "the server has to get disk space or memory"),
        ("No space left", "this machine's disk needs room"),
        ("lock", "the mailbox is locked by another program: it has to end, or its stale lock to go"),
        ("Permission denied", "the rights of the mailbox or its directory have to be put right"),
        ("rate limit", "the server takes less at once: see smtp_destination_rate_delay and smtp_destination_concurrency_limit"),
        ("too many", "the server takes less at once: see smtp_destination_rate_delay and smtp_destination_concurrency_limit"),
    ];

    public static string For(string reply, string status)
    {
        if (reply.Length == 0)
        {
            return "its first attempt";
        }

        foreach ((string sign, string text) in Signs)
        {
            if (reply.Contains(sign, StringComparison.Ordinal))
            {
                return text;
            }
        }

        return status.StartsWith("4.2.", StringComparison.Ordinal) ? "the recipient's mailbox has to take mail again"
            : status.StartsWith("4.7.", StringComparison.Ordinal) ? "the server's policy: its reply says what it wants"
            : "the cause that the reply names has to go; the next attempt shows it";
    }
}
