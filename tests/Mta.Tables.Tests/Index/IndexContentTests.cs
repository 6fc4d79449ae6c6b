using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Mta.Tables.Index;
using Mta.Text;

namespace Mta.Tables.Tests.Index;

public sealed class IndexContentTests
{
    private static readonly Gen<string> Key = Gen.Elements("", "a", "b", "\0", "\u00ff", "12345678", "long common beginning ", "x").ArrayOf().Select(static parts => string.Concat(parts.Take(8)));

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Keys_come_once_and_in_the_order_of_their_bytes(bool nul, bool replaces) => Prop.ForAll(Key.ArrayOf().ToArbitrary(), keys =>
    {
        IndexContent content = new();
        Dictionary<string, string> plain = new(StringComparer.Ordinal);
        for (int i = 0; i < keys.Length; i++)
        {
            string value = string.Create(CultureInfo.InvariantCulture, $"v{i}");
            bool isNew = !plain.ContainsKey(keys[i]);
            if (content.Add(keys[i], value, nul, replaces) != isNew)
            {
                return false;
            }

            plain[keys[i]] = isNew || replaces ? value : plain[keys[i]];
        }

        string end = nul ? "\0" : "";
        IEnumerable<string> want = plain.Select(pair => $"{pair.Key}{end}={pair.Value}{end}").Order(StringComparer.Ordinal);
        IEnumerable<string> got = content.InOrder().Select(i => $"{ByteString.FromBytes(content.Key(i))}={ByteString.FromBytes(content.Value(i))}");
        return got.Order(StringComparer.Ordinal).SequenceEqual(want)
            && content.InOrder().Select(i => ByteString.FromBytes(content.Key(i))).SequenceEqual(plain.Keys.Select(key => key + end).Order(StringComparer.Ordinal));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Many_keys_with_one_beginning_and_values_larger_than_a_block()
    {
        IndexContent content = new();
        for (int i = 0; i < 20_000; i++)
        {
            Assert.True(content.Add(string.Create(CultureInfo.InvariantCulture, $"the same beginning {i * 7919 % 20_011}"), "v", nul: true, replaces: false));
        }

        string large = new('x', 3_000_000);
        Assert.False(content.Add("the same beginning 0", large, nul: true, replaces: true));
        Assert.True(content.Add("z", "last", nul: true, replaces: false));
        Assert.Equal(large.Length + 1, content.Value(0).Length);
        string[] keys = [.. content.InOrder().Select(i => ByteString.FromBytes(content.Key(i)))];
        Assert.Equal(20_001, keys.Length);
        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
    }
}
