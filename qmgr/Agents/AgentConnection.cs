using Mta.Mail.Protocols;
using Mta.Qmgr.Loop;
using Mta.Qmgr.Scheduling;
using Mta.Text;

namespace Mta.Qmgr.Agents;

/// <summary>A connection to one delivery agent, from its announcement to its end; owns the stream.</summary>
internal sealed class AgentConnection : IDisposable
{
    public AgentConnection(Transport transport, LoopStream stream, TimeSpan readTimeout, TimeSpan writeTimeout)
    {
        Transport = transport;
        Stream = stream;
        Input = new BufferedInput(stream, 1024) { Timeout = readTimeout };
        Output = new BufferedOutput(stream, 2048) { Timeout = writeTimeout };
        Reader = new AttributeReader(Input);
        Writer = new AttributeWriter(Output);
    }

    public Transport Transport { get; }

    public LoopStream Stream { get; }

    public BufferedInput Input { get; }

    public BufferedOutput Output { get; }

    public AttributeReader Reader { get; }

    public AttributeWriter Writer { get; }

    /// <summary>Requests answered on this connection.</summary>
    public int Completed { get; set; }

    /// <summary>When it became idle, in seconds.</summary>
    public long IdleSince { get; set; }

    public ValueTask ReadAnnouncementAsync() => Announcement.ReadAsync(Reader, DeliveryProtocol.Name, CancellationToken.None);

    public void Dispose()
    {
        Stream.Dispose();
        Input.Dispose();
        Output.Dispose();
    }
}
