namespace Mta.Milter;

/// <summary>What a filter asks for at the end of a message.</summary>
public enum MilterEditKind
{
    AddHeader,

    /// <summary>The index counts all headers from 0.</summary>
    InsertHeader,

    /// <summary>The index counts headers of that name from 1. An empty value removes.</summary>
    ChangeHeader,
    ChangeSender,
    AddRecipient,
    DeleteRecipient,
    Quarantine,
}

/// <summary>One request. A replacement body goes a way of its own (<see cref="MilterBodySink"/>).</summary>
/// <param name="Name">Of a header; otherwise the address as the filter wrote it, or the reason.</param>
/// <param name="Value">Of a header; otherwise the ESMTP parameters.</param>
/// <param name="KeepsSpace">The value has the blank after the colon already.</param>
public readonly record struct MilterEdit(MilterEditKind Kind, uint Index, string Name, string Value, bool KeepsSpace);

/// <summary>Takes the next piece of a replacement body: lines that end in CRLF, cut anywhere.</summary>
public delegate void MilterBodySink(ReadOnlySpan<byte> piece);
