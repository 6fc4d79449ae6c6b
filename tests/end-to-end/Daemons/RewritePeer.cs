namespace Mta.EndToEnd;

/// <summary>Asks one rewrite service: <c>local ADDRESS</c>, <c>remote ADDRESS</c>, <c>resolve SENDER|ADDRESS</c>, <c>verify SENDER|ADDRESS</c>.</summary>
internal sealed class RewritePeer(DaemonPair pair, string service) : IDisposable
{
    private Wire? _wire;

    public string Ask(string line)
    {
        string[] words = line.Split(' ', 2);
        string argument = CaseFile.Unescape(words.Length > 1 ? words[1] : "");
        for (int attempt = 1; ; attempt++)
        {
            _wire ??= Open();
            if (words[0] is "local" or "remote")
            {
                _wire.Attribute("request", "rewrite").Attribute("rule", words[0]).Attribute("address", argument).EndList();
            }
            else
            {
                string[] parts = argument.Split('|', 2);
                _wire.Attribute("request", words[0]).Attribute("sender", parts[0]).Attribute("address", parts[1]).EndList();
            }

            List<string>? answer = null;
            try
            {
                answer = _wire.ReadList();
            }
            catch (IOException)
            {
                // Closed: as below.
            }

            if (answer is not null)
            {
                return Show(answer);
            }

            _wire.Dispose();
            _wire = null;
            if (attempt == 2)
            {
                return "closed";
            }
        }
    }

    public void Dispose() => _wire?.Dispose();

    // With "error" or "failed" set, transport and next hop mean nothing, and clients look at no class.
    private static string Show(List<string> answer)
    {
        if (answer.Count < 5 || (int.Parse(answer[4]["flags=".Length..]) & 12) is not (> 0 and int undefined))
        {
            return string.Join(' ', answer);
        }

        return $"{answer[0]} {answer[3]} undefined={undefined}";
    }

    private Wire Open()
    {
        Wire wire = pair.Connect("private", service);
        wire.ReadList();
        return wire;
    }
}
