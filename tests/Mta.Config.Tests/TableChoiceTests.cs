using Mta.Config.Parameters;
using Mta.Tables;

namespace Mta.Config.Tests;

/// <summary>What serves the table types of Berkeley DB, and the tables of caches.</summary>
public sealed class TableChoiceTests
{
    private static TableSettings Settings(string mainCf) =>
        Configuration.FromText(mainCf).TableSettings(isDaemon: false, static _ => { }, static _ => { });

    [Theory]
    [InlineData("", "hash", "btree")]
    [InlineData("default_database_type = cdb\n", "hash", "btree")]
    [InlineData("non_bdb_custom_mapping = hash=cdb btree=lmdb\n", "cdb", "btree")]
    [InlineData("non_bdb_migration_level = enable-redirect\ndefault_database_type = cdb\ndefault_cache_db_type = lmdb\n", "cdb", "btree")]
    [InlineData("non_bdb_migration_level = enable-redirect\ndefault_database_type = cdb\nnon_bdb_custom_mapping = hash=lmdb\n", "hash", "btree")]
    [InlineData("non_bdb_migration_level = enable-redirect\ndefault_cache_db_type = cdb\n", "hash", "cdb")]
    public void Berkeley_types_are_served_as_the_settings_say(string mainCf, string hash, string btree)
    {
        TableSettings settings = Settings(mainCf);
        Assert.Equal((hash, btree), (settings.EngineOf("hash"), settings.EngineOf("btree")));
    }

    [Theory]
    [InlineData("hash")]
    [InlineData("texthash=cdb")]
    [InlineData("hash=texthash")]
    [InlineData("hash=cdb=lmdb")]
    public void A_mapping_that_makes_no_sense_is_refused(string value) =>
        Assert.Contains(value, Assert.Throws<ConfigurationException>(() => Settings($"non_bdb_custom_mapping = {value}\n")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("yes", true)]
    [InlineData("no", false)]
    public void The_log_of_redirections_can_be_turned_off(string value, bool logs) =>
        Assert.Equal(logs, Settings($"non_bdb_migration_log_redirect = {value}\n").LogsRedirections);

    [Theory]
    [InlineData("", "btree:/d/verify_cache", "btree:/d/postscreen_cache")]
    [InlineData("default_cache_db_type = lmdb\n", "lmdb:/d/verify_cache", "lmdb:/d/postscreen_cache")]
    public void Caches_are_of_the_type_that_is_set_for_caches(string mainCf, string verify, string postscreen)
    {
        Configuration configuration = Configuration.FromText("data_directory = /d\n" + mainCf);
        Assert.Equal((verify, postscreen), (configuration.Get(VerifyParameters.AddressVerifyMap), configuration.Get(PostscreenParameters.PostscreenCacheMap)));
    }

    [Fact]
    public void Parameters_without_effect_are_named_when_they_are_set_to_something()
    {
        Configuration configuration = Configuration.FromText("tls_random_source = dev:/dev/random\nqmgr_fudge_factor = 100\nmyhostname = a.example\n");
        Assert.Equal(["tls_random_source"], ParametersWithoutEffect.SetIn(configuration));
    }
}
