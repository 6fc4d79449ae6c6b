namespace Mta.Service.Tests;

public sealed class FlowControlTests
{
    [Fact]
    public void Without_a_master_there_is_no_flow_control()
    {
        FlowControl flow = new(null, null);
        flow.Give(5);
        Assert.Equal((0, 0), (flow.Available, flow.Take(1)));
    }
}
