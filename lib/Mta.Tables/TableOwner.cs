namespace Mta.Tables;

/// <summary>
/// Who controls what a table says. Trusted means root, or the process itself (inline tables); else the uid of the
/// file's owner. A composite has the least trusted of its members. local(8) runs commands from aliases by it.
/// </summary>
public readonly record struct TableOwner(bool IsTrusted, uint UserId)
{
    /// <summary>Owned by root, or not a file.</summary>
    public static readonly TableOwner Trusted = new(true, 0);

    /// <summary>The trust that a file owned by <paramref name="userId"/> has.</summary>
    public static TableOwner OfFile(uint userId) => new(userId == 0, userId);

    /// <summary>The less trusted of two.</summary>
    public TableOwner Worst(TableOwner other)
    {
        if (IsTrusted)
        {
            return other;
        }

        // Two different untrusted owners: nobody's word counts, which "nobody" (65534) says.
        return other.IsTrusted || other.UserId == UserId ? this : new TableOwner(false, 65534);
    }
}
