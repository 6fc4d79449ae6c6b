using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Local.Tests;

public sealed class ValueExpansionTests
{
    private static readonly UserRights Rights = UserRights.Of(new Account("joe", 1000, 1000, "", "/home/joe", "/bin/sh"));

    private static Addressee Joe(string? extension) => new()
    {
        Recipient = new DeliveryRecipient("", "joe+x@y.test", -1),
        Sender = "",
        User = "joe",
        Local = "joe+x",
        Domain = "y.test",
        Extension = extension,
        Delimiter = extension is null ? '\0' : '+',
    };

    [Fact]
    public void Names_stand_for_parts_of_the_address()
    {
        ValueExpansion values = new(Joe("x"), Rights, "+", null);
        Assert.Equal("/home/joe/.forward+x y.test", values.Expand("$home/.forward${recipient_delimiter}${extension} $domain"));
        Assert.True(values.UsedExtension);
        Assert.False(values.MetUndefined);
    }

    [Fact]
    public void A_name_without_a_value_is_noticed()
    {
        ValueExpansion values = new(Joe(null), Rights, "+", null);
        values.Expand("$home/.forward+$extension");
        Assert.True(values.MetUndefined);
    }

    [Fact]
    public void A_condition_on_a_missing_value_is_not_a_miss()
    {
        ValueExpansion values = new(Joe(null), Rights, "+", null);
        Assert.Equal("/home/joe/f", values.Expand("$home/f${extension?+$extension}"));
        Assert.False(values.MetUndefined);
    }

    [Fact]
    public void Values_are_filtered_and_never_expanded_again()
    {
        Assert.Equal("a_b", new ValueExpansion(Joe("a/b"), Rights, "+", "ab").Expand("$extension"));
        Assert.Equal("$home", new ValueExpansion(Joe("$home"), Rights, "+", null).Expand("$extension"));
    }

    [Fact]
    public void Malformed_text_has_no_expansion() => Assert.Null(new ValueExpansion(Joe("x"), Rights, "+", null).Expand("${home"));
}
