using Mta.Mail.Headers;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Mail.Tests.Headers;

public sealed class HeaderTests
{
    [Theory]
    [InlineData("Subject: x", 7, 7)]
    [InlineData("X-Foo : bar", 5, 6)]
    [InlineData("a:", 1, 1)]
    public void A_header_line_has_a_name_and_a_colon(string line, int nameLength, int colon)
    {
        Assert.True(HeaderSyntax.TryParseName(ByteString.ToBytes(line), out int foundLength, out int foundColon));
        Assert.Equal((nameLength, colon), (foundLength, foundColon));
    }

    [Theory]
    [InlineData("")]
    [InlineData(": x")]
    [InlineData("hello world")]
    [InlineData("two words: x")]
    [InlineData(" folded: x")]
    [InlineData("n\u00fcm: x")]
    public void Other_lines_are_no_headers(string line) => Assert.False(HeaderSyntax.TryParseName(ByteString.ToBytes(line), out _, out _));

    [Theory]
    [InlineData("from", HeaderKind.From)]
    [InlineData("MESSAGE-ID", HeaderKind.MessageId)]
    [InlineData("Mime-Version", HeaderKind.MimeVersion)]
    [InlineData("disposition-notification-to", HeaderKind.DispositionNotificationTo)]
    public void Known_headers_are_found_in_any_case(string name, HeaderKind kind) =>
        Assert.Equal(kind, HeaderTable.Find(ByteString.ToBytes(name))?.Kind);

    [Fact]
    public void Unknown_headers_are_not_found() => Assert.Null(HeaderTable.Find("X-Anything-That-Is-Longer-Than-All-Others"u8));

    [Fact]
    public void Header_kinds_fit_into_a_set_of_64()
    {
        foreach (HeaderKind kind in Enum.GetValues<HeaderKind>())
        {
            Assert.True(kind == HeaderKind.Other || (int)kind < 64);
        }
    }

    [Fact]
    public void Dates_pad_the_day_with_a_blank()
    {
        Assert.Equal("Sun,  1 Nov 2026 10:05:07 +0100 (CET)", HeaderDate.Format(new DateTime(2026, 11, 1, 9, 5, 7, DateTimeKind.Utc), 60, "CET"));
        Assert.Equal("Sat, 31 Oct 2026 22:30:00 -0330 (NDT)", HeaderDate.Format(new DateTime(2026, 11, 1, 2, 0, 0, DateTimeKind.Utc), -210, "NDT"));
    }

    [Fact]
    public void A_message_id_needs_the_time_only_with_short_names()
    {
        QueueId.TryParse("57669B303E2", out QueueId id);
        DateTime time = new(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc);
        Assert.Equal("<20261122010203.57669B303E2@mx.x>", GeneratedHeaders.MessageId(id, time, "mx.x", longIds: false));
        Assert.Equal("<57669B303E2@mx.x>", GeneratedHeaders.MessageId(id, time, "mx.x", longIds: true));
    }

    [Fact]
    public async Task A_header_whose_addresses_stay_is_not_composed() =>
        Assert.Null(await AddressHeader.RewriteAsync("To", " a@b,\n c@d (x)", 100, static _ => new ValueTask<bool>(false)));

    [Fact]
    public async Task A_changed_header_breaks_after_commas_at_seventy_columns()
    {
        string? header = await AddressHeader.RewriteAsync(
            "To",
            " a b, \"q r\"@z , root, [bare] <one@two>, <user%dom@example.com> junk",
            1000,
            static node =>
            {
                if (node.ToExternal() is not { } text || text.Contains('@'))
                {
                    return new ValueTask<bool>(false);
                }

                node.Replace(text + "@example.org");
                return new ValueTask<bool>(true);
            });
        Assert.Equal(
            "To: a@example.org, b@example.org, \"q r\"@z, root@example.org,\n\t[bare] <one@two>, <user%dom@example.com>, junk@example.org",
            header);
    }

    [Theory]
    [InlineData("multipart/mixed; boundary=foo", MimeContentType.Multipart, "foo")]
    [InlineData(" Multipart/Digest (c;x) ; x=y;\n boundary = \"a \\\"b\" ", MimeContentType.MultipartDigest, "a \"b")]
    [InlineData("message/rfc822; boundary=foo", MimeContentType.Message, null)]
    [InlineData("message/partial", MimeContentType.OtherMessage, null)]
    [InlineData("text/plain; charset=utf-8", MimeContentType.Other, null)]
    [InlineData("", MimeContentType.Other, null)]
    [InlineData("multipart/mixed; boundary=", MimeContentType.Multipart, null)]
    [InlineData("multipart/mixed; boundary=\"open", MimeContentType.Multipart, "open")]
    public void Content_types_are_read_as_far_as_they_matter(string value, MimeContentType type, string? boundary)
    {
        List<byte[]> boundaries = [];
        Assert.Equal(type, MimeContentTypeParser.Parse(ByteString.ToBytes(value), 100, boundaries));
        Assert.Equal(boundary is null ? [] : [boundary], boundaries.Select(static bytes => ByteString.FromBytes(bytes)));
    }

    [Fact]
    public void Long_boundaries_are_cut()
    {
        List<byte[]> boundaries = [];
        MimeContentTypeParser.Parse("multipart/mixed; boundary=abcdef"u8, 3, boundaries);
        Assert.Equal("abc"u8.ToArray(), boundaries.Single());
    }
}
