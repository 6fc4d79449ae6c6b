using Mta.Delivery.Orders;

namespace Mta.Delivery.Tests.Orders;

public sealed class OrderCodecTests
{
    private static readonly LockSettings Locks = new(MailboxLocks.Flock | MailboxLocks.Dotlock, 7, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));

    public static TheoryData<Order> Orders =>
    [
        new MaildirOrder(1, 2, "/p/", [1, 2, 0], 77, "4.2.0"),
        new MailboxOrder(0, 0, "/p", [9], 5, "5.2.0", Locks) { WriteUser = 8, WriteGroup = 9, IsFileTarget = true, MustOwn = true },
        new CommandOrder(3, 4, ["a", "", "b c"], ["X=y"], [7], 6) { Directory = "/d", RunAs = "/r", TimeLimit = TimeSpan.FromSeconds(9), Options = CopyOptions.DotStuff },
        new FindFileOrder(1, 1, ["/a", "/b"]),
        new CheckFileOrder(1, 1, "/a"),
        new OpenFileOrder(1, 1, "/a", 55),
        new CheckDirectoryOrder(1, 1, "/a"),
    ];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Every_order_survives_the_way_to_the_worker(Order order)
    {
        byte[] first = Encode(order);
        OrderReader reader = new(first);
        Assert.Equal(first, Encode(Order.Read(ref reader)));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_cut_off_order_is_refused_wherever_it_is_cut(Order order)
    {
        byte[] bytes = Encode(order);
        for (int length = 0; length < bytes.Length; length++)
        {
            int cut = length;
            Assert.Throws<InvalidDataException>(() =>
            {
                OrderReader reader = new(bytes.AsSpan(0, cut));
                Order.Read(ref reader);
            });
        }
    }

    [Fact]
    public void Results_survive_the_way_back()
    {
        using OrderWriter writer = new();
        new OrderResult(OrderOutcome.Refused, "5.1.2", "why", -3) { Warnings = ["a", "b"] }.Write(writer);
        OrderReader reader = new(writer.Bytes);
        OrderResult read = OrderResult.Read(ref reader);
        Assert.Equal((OrderOutcome.Refused, "5.1.2", "why", -3L), (read.Outcome, read.Status, read.Reason, read.Number));
        Assert.Equal(["a", "b"], read.Warnings);
    }

    private static byte[] Encode(Order order)
    {
        using OrderWriter writer = new();
        order.Write(writer);
        return writer.Bytes.ToArray();
    }
}
