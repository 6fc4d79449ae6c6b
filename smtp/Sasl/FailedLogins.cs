using System.Globalization;
using System.Security.Cryptography;
using Mta.Mail.Protocols;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Smtp.Sasl;

/// <summary>
/// Logins that servers refused (535), so that they are not repeated until the password changes or time has passed:
/// <c>HOST;USER</c> to <c>TIME;HASH;STATUS;TEXT</c>, the hash being that of the password. Thread-safe.
/// </summary>
internal sealed class FailedLogins
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly LookupTable _table;
    private readonly TimeSpan _time;

    public FailedLogins(TableRegistry registry, string name, TimeSpan time)
    {
        _table = registry.Open(name, access: TableAccess.ReadWrite);
        _time = time;
    }

    /// <returns>The refusal that is still valid; null when the login may be tried.</returns>
    public async ValueTask<Dsn?> FindAsync(string host, SaslCredentials credentials, CancellationToken stop)
    {
        string key = Key(host, credentials);
        LookupResult found = await _table.LookupAsync(key, stop);
        if (!found.IsFound)
        {
            return null;
        }

        string[] parts = found.Value.Split(';', 4);
        bool isValid = parts.Length == 4
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long time)
            && DateTimeOffset.UtcNow.ToUnixTimeSeconds() < time + (long)_time.TotalSeconds
            && parts[1] == Hash(credentials);
        if (isValid)
        {
            return new Dsn(parts[2], "", parts[3]);
        }

        Change(table => table.Delete(key));
        return null;
    }

    public void Add(string host, SaslCredentials credentials, string status, string text) =>
        Change(table => table.Update(Key(host, credentials), $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()};{Hash(credentials)};{status};{text}"));

    // Not to remember costs one more try.
    private void Change(Action<LookupTable> change)
    {
        try
        {
            change(_table);
        }
        catch (TableException error)
        {
            Log.Warn(error.Message);
        }
    }

    private static string Key(string host, SaslCredentials credentials) => $"{host};{credentials.User}";

#pragma warning disable CA5350 // The form of existing tables; the table is as private as the passwords' own.
    private static string Hash(SaslCredentials credentials) => Convert.ToBase64String(SHA1.HashData(ByteString.ToBytes(credentials.Password)));
#pragma warning restore CA5350
}
