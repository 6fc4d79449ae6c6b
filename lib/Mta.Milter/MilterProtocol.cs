namespace Mta.Milter;

/// <summary>What a filter may ask for at the end of a message (SMFIF_ flags).</summary>
[Flags]
public enum MilterActions : uint
{
    None = 0,
    AddHeaders = 1,
    ChangeBody = 2,
    AddRecipient = 4,
    DeleteRecipient = 8,
    ChangeHeaders = 0x10,
    Quarantine = 0x20,
    ChangeSender = 0x40,
    AddRecipientWithArguments = 0x80,
    SetMacros = 0x100,
    All = 0x1FF,
}

/// <summary>Events that a filter does not want, replies that it does not send, and further wishes (SMFIP_ flags).</summary>
[Flags]
public enum MilterOptions : uint
{
    None = 0,
    NoConnect = 1,
    NoHelo = 2,
    NoMail = 4,
    NoRcpt = 8,
    NoBody = 0x10,
    NoHeaders = 0x20,
    NoEndOfHeader = 0x40,
    NoReplyHeader = 0x80,
    NoUnknown = 0x100,
    NoData = 0x200,

    /// <summary>The filter may answer a body chunk with "no more of it".</summary>
    Skip = 0x400,

    /// <summary>The filter hears of refused recipients too.</summary>
    RejectedRecipients = 0x800,
    NoReplyConnect = 0x1000,
    NoReplyHelo = 0x2000,
    NoReplyMail = 0x4000,
    NoReplyRcpt = 0x8000,
    NoReplyData = 0x10000,
    NoReplyUnknown = 0x20000,
    NoReplyEndOfHeader = 0x40000,
    NoReplyBody = 0x80000,

    /// <summary>Header values keep the blank after the colon, in both directions.</summary>
    LeadingSpace = 0x100000,
    All = 0x1FFFFF,
}

/// <summary>What the filter is told.</summary>
public enum MilterEvent
{
    Connect,
    Helo,
    Mail,
    Rcpt,
    Data,
    Unknown,
    Header,
    EndOfHeader,
    Body,
    EndOfMessage,
}

/// <summary>
/// The wire of the Milter protocol: a packet is four bytes of length (big-endian, of what follows), a letter, and data.
/// </summary>
internal static class MilterProtocol
{
    /// <summary>Body data in one packet; libmilter takes no more.</summary>
    public const int MaxChunk = 65535;

    /// <summary>Longest packet that is held in memory; replacement bodies are passed on in pieces.</summary>
    public const int MaxPacket = 1 << 20;

    /// <summary>Longest packet at all.</summary>
    public const uint MaxLength = 0x3FFFFFFF;

    public static byte Letter(MilterEvent what) => what switch
    {
        MilterEvent.Connect => (byte)'C',
        MilterEvent.Helo => (byte)'H',
        MilterEvent.Mail => (byte)'M',
        MilterEvent.Rcpt => (byte)'R',
        MilterEvent.Data => (byte)'T',
        MilterEvent.Unknown => (byte)'U',
        MilterEvent.Header => (byte)'L',
        MilterEvent.EndOfHeader => (byte)'N',
        MilterEvent.Body => (byte)'B',
        MilterEvent.EndOfMessage => (byte)'E',
    };

    public static string Name(MilterEvent what) => what switch
    {
        MilterEvent.Connect => "SMFIC_CONNECT",
        MilterEvent.Helo => "SMFIC_HELO",
        MilterEvent.Mail => "SMFIC_MAIL",
        MilterEvent.Rcpt => "SMFIC_RCPT",
        MilterEvent.Data => "SMFIC_DATA",
        MilterEvent.Unknown => "SMFIC_UNKNOWN",
        MilterEvent.Header => "SMFIC_HEADER",
        MilterEvent.EndOfHeader => "SMFIC_EOH",
        MilterEvent.Body => "SMFIC_BODY",
        MilterEvent.EndOfMessage => "SMFIC_BODYEOB",
    };

    public static string ReplyName(char letter) => letter switch
    {
        '+' => "SMFIR_ADDRCPT",
        '-' => "SMFIR_DELRCPT",
        '2' => "SMFIR_ADDRCPT_PAR",
        '4' => "SMFIR_SHUTDOWN",
        'a' => "SMFIR_ACCEPT",
        'b' => "SMFIR_REPLBODY",
        'c' => "SMFIR_CONTINUE",
        'd' => "SMFIR_DISCARD",
        'e' => "SMFIR_CHGFROM",
        'f' => "SMFIR_CONN_FAIL",
        'h' => "SMFIR_ADDHEADER",
        'i' => "SMFIR_INSHEADER",
        'm' => "SMFIR_CHGHEADER",
        'p' => "SMFIR_PROGRESS",
        'q' => "SMFIR_QUARANTINE",
        'r' => "SMFIR_REJECT",
        's' => "SMFIR_SKIP",
        't' => "SMFIR_TEMPFAIL",
        'y' => "SMFIR_REPLYCODE",
        _ => "(unknown filter reply)",
    };

    /// <summary>The flag by which a filter says that it does not want an event; none where it cannot.</summary>
    public static MilterOptions Skips(MilterEvent what) => what switch
    {
        MilterEvent.Connect => MilterOptions.NoConnect,
        MilterEvent.Helo => MilterOptions.NoHelo,
        MilterEvent.Mail => MilterOptions.NoMail,
        MilterEvent.Rcpt => MilterOptions.NoRcpt,
        MilterEvent.Data => MilterOptions.NoData,
        MilterEvent.Unknown => MilterOptions.NoUnknown,
        MilterEvent.Header => MilterOptions.NoHeaders,
        MilterEvent.EndOfHeader => MilterOptions.NoEndOfHeader,
        MilterEvent.Body => MilterOptions.NoBody,
        MilterEvent.EndOfMessage => MilterOptions.None,
    };

    /// <summary>The flag by which a filter says that it does not answer an event.</summary>
    public static MilterOptions NotAnswered(MilterEvent what) => what switch
    {
        MilterEvent.Connect => MilterOptions.NoReplyConnect,
        MilterEvent.Helo => MilterOptions.NoReplyHelo,
        MilterEvent.Mail => MilterOptions.NoReplyMail,
        MilterEvent.Rcpt => MilterOptions.NoReplyRcpt,
        MilterEvent.Data => MilterOptions.NoReplyData,
        MilterEvent.Unknown => MilterOptions.NoReplyUnknown,
        MilterEvent.Header => MilterOptions.NoReplyHeader,
        MilterEvent.EndOfHeader => MilterOptions.NoReplyEndOfHeader,
        MilterEvent.Body => MilterOptions.NoReplyBody,
        MilterEvent.EndOfMessage => MilterOptions.None,
    };

    /// <summary>Events that came with a later version of the protocol.</summary>
    public static MilterOptions UnknownTo(int version) =>
        version < 3 ? MilterOptions.NoUnknown | MilterOptions.NoData : version < 4 ? MilterOptions.NoData : MilterOptions.None;
}
