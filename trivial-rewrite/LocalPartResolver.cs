using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Mail.Addresses;

namespace Mta.TrivialRewrite;

/// <summary>
/// Takes local domains off an address, and with them the routing they were asked for: <c>user%dom@here</c> is
/// <c>user@dom</c>. What remains is a local part and the domain that is not ours, or the last of ours.
/// </summary>
internal sealed class LocalPartResolver
{
    private readonly LocalDomains _local;
    private readonly AddressRewriter _rewriter;
    private readonly bool _swapBangPath;
    private readonly bool _allowPercentHack;
    private readonly bool _nullDomain;
    private readonly bool _dequoted;
    private readonly string _emptyRecipient;
    private readonly List<AddressToken> _hostTokens;

    public LocalPartResolver(Configuration configuration, LocalDomains local, AddressRewriter rewriter)
    {
        _local = local;
        _rewriter = rewriter;
        _swapBangPath = configuration.Get(TrivialRewriteParameters.SwapBangpath);
        _allowPercentHack = configuration.Get(TrivialRewriteParameters.AllowPercentHack);
        _nullDomain = configuration.Get(TrivialRewriteParameters.ResolveNullDomain);
        _dequoted = configuration.Get(TrivialRewriteParameters.ResolveDequotedAddress);
        _emptyRecipient = configuration.Get(GlobalParameters.EmptyAddressRecipient);
        _hostTokens = AddressTokenizer.Scan(configuration.Get(GlobalParameters.Myhostname));
    }

    /// <param name="address">Internal form.</param>
    /// <param name="stop">Ends the wait.</param>
    public async ValueTask<Outcome> ResolveAsync(string address, CancellationToken stop)
    {
        // The common case needs no tokens: one "@", and a domain that is not ours or a plain local part.
        int at = address.IndexOf('@', StringComparison.Ordinal);
        if (at > 0 && IsPlain(address, at))
        {
            string plainDomain = address[(at + 1)..];
            return await _local.IsLocalAsync(plainDomain, stop) switch
            {
                MatchResult.Failed => Outcome.Failure,
                MatchResult.Yes => new Outcome(address[..at], plainDomain, true, false),
                MatchResult.No => new Outcome(address[..at], plainDomain, false, false),
            };
        }

        return await ResolveTokensAsync(AddressTokenizer.Scan(AddressSyntax.ToExternal(address)), address, stop);
    }

    private static bool IsPlain(string address, int at)
    {
        for (int i = 0; i < address.Length; i++)
        {
            char c = address[i];
            bool plain = Mta.Text.Ascii.IsAlphanumeric(c) || c is '-' or '_' or '+' or '=' || c == '.' || (c == '@' && i == at);
            if (!plain || (c == '.' && (i == 0 || i + 1 == address.Length || address[i - 1] is '.' or '@' || address[i + 1] == '@')))
            {
                return false;
            }
        }

        return at + 1 < address.Length;
    }

    private async ValueTask<Outcome> ResolveTokensAsync(List<AddressToken> tokens, string address, CancellationToken stop)
    {
        string? saved = null;
        for (int loops = 0; loops < address.Length + 100; loops++)
        {
            AddressRewriter.StripTrailingDot(tokens);
            if (_nullDomain && tokens.Count > 0 && tokens[^1].IsOperator('@'))
            {
                tokens.RemoveAt(tokens.Count - 1);
            }

            int at = AddressRewriter.LastIndexOf(tokens, '@');
            if (at >= 0)
            {
                string domain = AddressTokenText.ToInternal(tokens, at + 1, tokens.Count);
                MatchResult local = domain.Length == 0 ? MatchResult.Yes : await _local.IsLocalAsync(domain, stop);
                if (local == MatchResult.Failed)
                {
                    return Outcome.Failure;
                }

                if (local == MatchResult.No)
                {
                    return new Outcome(AddressTokenText.ToInternal(tokens, 0, at), domain, false, false);
                }

                tokens.RemoveRange(at, tokens.Count - at);
                saved = domain;
            }

            if (HasRouting(tokens))
            {
                _rewriter.RewriteTokens(tokens);
            }
            else if (CanCrackOpen(tokens))
            {
                CrackOpen(tokens);
                _rewriter.RewriteTokens(tokens);
            }
            else if (tokens.Count == 0 || AddressRewriter.IsEmptyQuotedString(tokens))
            {
                tokens.Clear();
                tokens.AddRange(AddressTokenizer.Scan(_emptyRecipient));
            }
            else if (saved is null)
            {
                tokens.Add(new AddressToken(AddressTokenKind.Operator, "@"));
                tokens.AddRange(_hostTokens);
            }
            else
            {
                return new Outcome(AddressTokenText.ToInternal(tokens, 0, tokens.Count), saved, true, false);
            }
        }

        LogLines.RewritingLoop(address);
        return Outcome.Failure;
    }

    private bool HasRouting(List<AddressToken> tokens) =>
        AddressRewriter.IndexOf(tokens, '@') >= 0
        || (_swapBangPath && AddressRewriter.IndexOf(tokens, '!') >= 0)
        || (_allowPercentHack && AddressRewriter.IndexOf(tokens, '%') >= 0);

    private bool CanCrackOpen(List<AddressToken> tokens) =>
        _dequoted && tokens.Count == 1 && tokens[0].Kind == AddressTokenKind.QuotedString
        && (LastOperator(tokens[0].Text) >= 0 || (_swapBangPath && tokens[0].Text.Contains('!')));

    private int LastOperator(string text) =>
        _allowPercentHack ? text.AsSpan().LastIndexOfAny('@', '%') : text.LastIndexOf('@');

    // The text of a quoted local part is an address itself: what is before its last operator stays quoted if need be.
    private void CrackOpen(List<AddressToken> tokens)
    {
        string text = WithOneAtEnd(tokens[0].Text);
        int op = LastOperator(text);
        tokens.Clear();
        if (op < 0)
        {
            tokens.AddRange(AddressTokenizer.Scan(text));
            return;
        }

        tokens.AddRange(AddressTokenizer.Scan(AddressSyntax.QuoteLocalPart(text[..op])));
        tokens.Add(new AddressToken(AddressTokenKind.Operator, "@"));
        tokens.AddRange(AddressTokenizer.Scan(text.AsSpan(op + 1)));
    }

    // Operators with nothing between stand for empty domains, one after the other: one is as good as thousands, of which
    // each would cost a look at all that is before it.
    private string WithOneAtEnd(string text)
    {
        int end = text.Length;
        while (end > 1 && IsOperator(text[end - 1]) && IsOperator(text[end - 2]))
        {
            end--;
        }

        return text[..end];
    }

    private bool IsOperator(char c) => c == '@' || (_allowPercentHack && c == '%');

    /// <summary>A local part and its domain in internal form.</summary>
    public readonly record struct Outcome(string LocalPart, string Domain, bool IsLocal, bool IsFailed)
    {
        public static readonly Outcome Failure = new("", "", false, true);
    }
}
