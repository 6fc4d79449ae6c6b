using Mta.Mail.Protocols;

namespace Mta.Cleanup;

/// <summary>A verification probe that meets an alias with several results: the address is good, the probe ends here.</summary>
internal sealed class VerifyStage(VerifyClient client)
{
    public async ValueTask AliasWithManyResultsAsync(Message message, string original, string address, string dsnOriginal, CancellationToken stop)
    {
        if (message.MayWrite)
        {
            string probed = original.Length > 0 ? original : address;
            await client.UpdateAsync(probed, VerifyStatus.Ok, "aliased to multiple recipients", stop);
            message.Recipients++;
        }
    }
}
