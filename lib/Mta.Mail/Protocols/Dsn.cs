using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>
/// What became of one recipient, in the terms of RFC 3464 §2.3: the seven fields that travel in bounce, defer and
/// trace calls and, for a whole destination, in a delivery agent's final list.
/// </summary>
/// <param name="Status">Enhanced status code, <c>D.S.N</c>; empty for "nothing to say".</param>
/// <param name="Action"><c>failed</c>, <c>delayed</c>, <c>delivered</c>, <c>relayed</c>, <c>expanded</c>, <c>deliverable</c>, <c>undeliverable</c>.</param>
/// <param name="Reason">Text for humans.</param>
/// <param name="DiagnosticType">For example <c>smtp</c> or <c>x-unix</c>; empty with <paramref name="DiagnosticText"/>.</param>
/// <param name="MtaType">For example <c>dns</c>; empty with <paramref name="MtaName"/>.</param>
public sealed record Dsn(string Status, string Action, string Reason, string DiagnosticType = "", string DiagnosticText = "", string MtaType = "", string MtaName = "")
{
    /// <summary>All seven fields empty.</summary>
    public static Dsn Empty { get; } = new("", "", "");

    /// <summary>Writes the seven fields, without ending the list.</summary>
    public void Write(AttributeWriter writer) => writer
        .String("status"u8, Status)
        .String("diag_type"u8, DiagnosticType)
        .String("diag_text"u8, DiagnosticText)
        .String("mta_type"u8, MtaType)
        .String("mta_mname"u8, MtaName)
        .String("action"u8, Action)
        .String("reason"u8, Reason);

    /// <summary>Reads the seven fields.</summary>
    /// <exception cref="AttributeFormatException">They are not there.</exception>
    public static Dsn Read(AttributeReader reader)
    {
        string status = reader.String("status"u8);
        string diagnosticType = reader.String("diag_type"u8);
        string diagnosticText = reader.String("diag_text"u8);
        string mtaType = reader.String("mta_type"u8);
        string mtaName = reader.String("mta_mname"u8);
        string action = reader.String("action"u8);
        return new Dsn(status, action, reader.String("reason"u8), diagnosticType, diagnosticText, mtaType, mtaName);
    }
}
