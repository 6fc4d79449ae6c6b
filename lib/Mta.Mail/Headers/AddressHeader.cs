using Mta.Mail.Addresses;

namespace Mta.Mail.Headers;

/// <summary>Rewrites the addresses in a header such as From or Cc.</summary>
public static class AddressHeader
{
    /// <summary>Bytes of text around an address beyond which only the address stays.</summary>
    private const int MaxCommentLength = 250;

    /// <summary>Changes one address in place; true when it did.</summary>
    public delegate ValueTask<bool> NodeRewriter(AddressNode node);

    /// <summary>
    /// Offers each address of the header to the rewriter. The header is composed anew only when one of them changed.
    /// </summary>
    /// <param name="name">The header's name, for the composed text.</param>
    /// <param name="value">What follows the colon; may hold LF before continuation lines.</param>
    /// <param name="tokenLimit">Most tokens looked at (<c>header_address_token_limit</c>).</param>
    /// <param name="strippedComments">Is told of each address whose comments were too many to keep.</param>
    /// <returns>Name, colon and value, lines separated by LF; null when nothing changed.</returns>
    public static async ValueTask<string?> RewriteAsync(string name, string value, int tokenLimit, NodeRewriter rewrite, Action<string>? strippedComments = null)
    {
        AddressList list = AddressList.Parse(value, tokenLimit);
        bool changed = false;
        foreach (AddressNode node in list.Addresses)
        {
            changed |= await rewrite(node);
        }

        return changed ? HeaderFolding.Join($"{name}: {list.ToExternal("\n", MaxCommentLength, strippedComments)}") : null;
    }
}
