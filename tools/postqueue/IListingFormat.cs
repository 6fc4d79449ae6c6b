using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Postqueue;

/// <summary>How a queue listing is printed.</summary>
internal interface IListingFormat
{
    void Begin(BufferedOutput output, ShowqMessage message);

    void Recipient(BufferedOutput output, ShowqRecipient recipient);

    void End(BufferedOutput output);

    /// <summary>After the last message.</summary>
    void Finish(BufferedOutput output);
}
