using System.Net;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Tables;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>Clients whose message headers are completed like local ones (<c>local_header_rewrite_clients</c>).</summary>
internal sealed class LocalRewriteClients
{
    private readonly List<Func<Session, CancellationToken, ValueTask<bool>>> _tests = [];

    public LocalRewriteClients(Configuration configuration, TableRegistry tables, AddressMatchList mynetworks)
    {
        List<string> words = TableListSyntax.Split(configuration.Get(SmtpdParameters.LocalHeaderRewriteClients));
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            switch (Ascii.ToLower(word))
            {
                case "permit_inet_interfaces":
                    OwnAddresses own = configuration.OwnAddresses;
                    _tests.Add((session, _) => new(IPAddress.TryParse(session.Client.Address, out IPAddress? address) && own.IsOwn(address)));
                    break;
                case "permit_mynetworks":
                    _tests.Add(async (session, stop) => await mynetworks.MatchesAsync(session.Client.Name, session.Client.Address, stop) == MatchResult.Yes);
                    break;
                case "permit_sasl_authenticated":
                    _tests.Add(static (session, _) => new(session.IsAuthenticated));
                    break;
                case "permit_tls_clientcerts" or "permit_tls_all_clientcerts":
                    TableList? known = Ascii.ToLower(word) == "permit_tls_clientcerts"
                        ? TableList.Open(tables, SmtpdParameters.RelayClientcerts.Name, configuration.Get(SmtpdParameters.RelayClientcerts))
                        : null;
                    _tests.Add(async (session, stop) => session.Encryption?.Certificate is { } certificate
                        && await Restrictions.PermitCertificate.IsKnownAsync(certificate, known, stop) == MatchResult.Yes);
                    break;
                case "check_address_map" when i + 1 < words.Count:
                    AddTable(words[++i]);
                    break;
                default:
                    if (TableRegistry.TrySplit(word, out _, out _))
                    {
                        AddTable(word);
                    }
                    else
                    {
                        LogLines.Warning($"unknown {SmtpdParameters.LocalHeaderRewriteClients.Name} request: \"{word}\"");
                    }

                    break;
            }
        }

        void AddTable(string reference)
        {
            var list = new AddressMatchList(SmtpdParameters.LocalHeaderRewriteClients.Name, reference, tables, matchesSubdomains: true);
            _tests.Add(async (session, stop) => await list.MatchesAsync(session.Client.Name, session.Client.Address, stop) == MatchResult.Yes);
        }
    }

    public async ValueTask<bool> MatchesAsync(Session session, CancellationToken stop)
    {
        foreach (Func<Session, CancellationToken, ValueTask<bool>> test in _tests)
        {
            if (await test(session, stop))
            {
                return true;
            }
        }

        return false;
    }
}
