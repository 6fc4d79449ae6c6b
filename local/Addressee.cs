using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Local;

/// <summary>Where the text came from that is being expanded: what it may say depends on it.</summary>
internal enum ExpansionType
{
    None,
    Alias,
    Include,
    Forward,
}

/// <summary>
/// The identity under which files are opened and commands run. Without one, <c>default_privs</c> is used.
/// </summary>
/// <param name="Account">The user it came from; a file's owner that has no account has none.</param>
internal sealed record UserRights(uint UserId, uint GroupId, Account? Account)
{
    public static UserRights Of(Account account) => new(account.UserId, account.GroupId, account);
}

/// <summary>
/// A recipient on its way through aliases and forward files: the address now, and what its ancestors have decided.
/// Each nested address gets a changed copy.
/// </summary>
internal sealed record Addressee
{
    public required DeliveryRecipient Recipient { get; init; }

    /// <summary>Envelope sender; a list owner replaces it.</summary>
    public required string Sender { get; init; }

    public string EnvelopeId { get; init; } = "";

    public DsnReturn Ret { get; init; }

    /// <summary>Depth of expansion, 0 for the request's recipient.</summary>
    public int Level { get; init; }

    /// <summary>Case-folded local part.</summary>
    public string Local { get; init; } = "";

    public string Domain { get; init; } = "";

    /// <summary>Local part without extension.</summary>
    public string User { get; init; } = "";

    /// <summary>Null when there is none.</summary>
    public string? Extension { get; init; }

    /// <summary>The extension that addresses of the expansion inherit.</summary>
    public string? Unmatched { get; init; }

    /// <summary>The character before the extension.</summary>
    public char Delimiter { get; init; }

    /// <summary>The address of <c>Delivered-To</c>; null until the first local recipient is known.</summary>
    public string? DeliveredTo { get; init; }

    /// <summary>List owner or forwarding user; whoever else is local gets a new message.</summary>
    public string? Owner { get; init; }

    /// <summary>The alias or local part that expanded to this address.</summary>
    public string? ExpandedFrom { get; init; }

    public ExpansionType Type { get; init; }

    public UserRights? Rights { get; init; }

    /// <summary>Without NOTIFY=SUCCESS: what an expansion passes down. A lone SUCCESS becomes NEVER.</summary>
    public Addressee WithoutSuccess()
    {
        DsnNotify notify = Recipient.Notify & ~DsnNotify.Success;
        if (Recipient.Notify.HasFlag(DsnNotify.Success) && notify == DsnNotify.None)
        {
            notify = DsnNotify.Never;
        }

        return this with { Recipient = Recipient with { Notify = notify } };
    }
}
