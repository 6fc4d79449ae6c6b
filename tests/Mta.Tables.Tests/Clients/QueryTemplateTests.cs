using Mta.Tables.Clients;

namespace Mta.Tables.Tests.Clients;

public sealed class QueryTemplateTests
{
    [Theory]
    [InlineData("%s", "a@b.example.com", "a@b.example.com")]
    [InlineData("%S", "a@b", "a@b")]
    [InlineData("%u|%U", "a@b", "a|a")]
    [InlineData("%u", "alone", "alone")]
    [InlineData("%d", "a@B.example", "B.example")]
    [InlineData("%d", "alone", null)]
    [InlineData("%u", "@b", null)]
    [InlineData("%d", "a@", null)]
    [InlineData("%D", "@b", "b")]
    [InlineData("%1.%2.%3", "u@mail.example.com", "com.example.mail")]
    [InlineData("%4", "u@mail.example.com", null)]
    [InlineData("%1", "mail.example.com", null)]
    [InlineData("%1", "u@com", "com")]
    [InlineData("%2", "u@.com", null)]
    [InlineData("100%%", "x", "100%")]
    [InlineData("%u", "a@b@c", "a@b")]
    [InlineData("", "x", "")]
    public void A_query_is_made_of_the_parts_of_the_key(string template, string key, string? query)
    {
        bool made = QueryTemplate.Parse(template, "t", "query").TryExpand(key, static text => text, out string expanded);
        Assert.Equal(query, made ? expanded : null);
    }

    [Theory]
    [InlineData("%s", "u@d.example", "v@w", "v@w")]
    [InlineData("%u at %d", "u@d.example", "v@w", "v at w")]
    [InlineData("%U/%u", "u@d.example", "v@w", "u/v")]
    [InlineData("smtp:[%D]", "u@d.example", "yes", "smtp:[d.example]")]
    [InlineData("%2", "u@d.example", "v", "d")]
    [InlineData("%d", "u@d.example", "v", null)]
    [InlineData("%D", "u", "v@w", null)]
    public void A_result_is_made_of_the_value_and_the_key(string template, string key, string value, string? result)
    {
        bool made = QueryTemplate.Parse(template, "t", "result").TryExpandResult(key, value, out string expanded);
        Assert.Equal(result, made ? expanded : null);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("a%0")]
    [InlineData("%x")]
    [InlineData("%%%")]
    public void A_letter_that_means_nothing_is_refused(string template)
    {
        TableException error = Assert.Throws<TableException>(() => QueryTemplate.Parse(template, "t", "query"));
        Assert.Equal($"db_common_parse: t: Invalid query template: {template}", error.Message);
    }

    [Fact]
    public void Every_part_is_quoted()
    {
        Assert.True(QueryTemplate.Parse("'%s' '%u' '%1'", "t", "query").TryExpand("o'x@a.b'c", static text => text.Replace("'", "''", StringComparison.Ordinal), out string query));
        Assert.Equal("'o''x@a.b''c' 'o''x' 'b''c'", query);
    }

    [Theory]
    [InlineData("a*b(c)d\\e", "a\\2ab\\28c\\29d\\5ce")]
    [InlineData("plain@example.com", "plain@example.com")]
    public void Filters_are_quoted(string text, string quoted) => Assert.Equal(quoted, LdapTable.QuoteFilter(text));

    [Theory]
    [InlineData("a,b=c d", "a\\,b\\=c\\ d")]
    [InlineData("x\n", "x\\0a")]
    public void Names_are_quoted(string text, string quoted) => Assert.Equal(quoted, LdapTable.QuoteName(text));
}
