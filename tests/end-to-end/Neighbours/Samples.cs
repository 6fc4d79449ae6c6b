namespace Mta.EndToEnd;

/// <summary>Messages that every filter knows, and how strangers send them.</summary>
internal static class Samples
{
    /// <summary>What scanners for spam take for spam.</summary>
    public const string Gtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

    /// <summary>What scanners for viruses take for one; in two parts, so that this file is none.</summary>
    public static readonly string Eicar = @"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

    /// <summary>A message whose attachment is the test virus.</summary>
    public static string Infected(string from, string to, string token) => $"""
        From: {from}
        To: {to}
        Subject: {token}
        Date: Thu, 1 Jan 2026 00:00:00 +0000
        Message-ID: <{token}@{from.Split('@')[1]}>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="b"

        --b
        Content-Type: text/plain

        see the attachment
        --b
        Content-Type: application/octet-stream; name="a.com"
        Content-Transfer-Encoding: base64

        {Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(Eicar))}
        --b--

        """;

    public static string Plain(string from, string to, string token, string body = "an ordinary message") => $"""
        From: {from}
        To: {to}
        Subject: {token}
        Date: Thu, 1 Jan 2026 00:00:00 +0000
        Message-ID: <{token}@{from.Split('@')[1]}>

        {body}

        """;

    /// <summary>A client from elsewhere: the instance takes its address by XCLIENT (<see cref="AllowStrangers"/>).</summary>
    public static SmtpClient Stranger(this Instance mta, string address = "192.0.2.1", string name = "mail.pass.test")
    {
        SmtpClient client = mta.Connect();
        client.Command($"EHLO {name}", "250");
        client.Command($"XCLIENT NAME={name} ADDR={address}", "220");
        client.Command($"EHLO {name}", "250");
        return client;
    }

    public static void AllowStrangers(this Instance mta)
    {
        mta.Main["smtpd_authorized_xclient_hosts"] = "127.0.0.1";
        mta.Main["smtpd_relay_restrictions"] = "permit_mynetworks, reject_unauth_destination";
    }
}
