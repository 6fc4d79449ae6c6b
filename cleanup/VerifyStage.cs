using Mta.Mail;
using Mta.Mail.Protocols;

namespace Mta.Cleanup;

/// <summary>A verification probe that meets an alias with several results: the address is good, the probe ends here.</summary>
internal sealed class VerifyStage(VerifyClient client)
{
    public async ValueTask AliasWithManyResultsAsync(Message message, string original, string address, string dsnOriginal, CancellationToken stop)
    {
        if (message.MayWrite)
        {
            Dsn dsn = new("2.0.0", "deliverable", "aliased to multiple recipients");
            message.IsAnswered = true;
            string probed = original.Length > 0 ? original : address;
            await client.UpdateAsync(probed, VerifyStatus.Ok, dsn.Reason, stop);
            LogLines.Deliverable(message.Id, new DeliveryRecipient(original, address, 0, dsnOriginal), DelayText.Format(message.Age, message.Settings.DelayDecimals), dsn);
        }
    }
}
