namespace Mta.Linux.Tests;

public class AccountTests
{
    [Fact]
    public void Root_is_found_by_name_and_by_number()
    {
        Account? root = Posix.FindUser("root");
        Assert.NotNull(root);
        Assert.Equal((0u, 0u), (root.UserId, root.GroupId));
        Assert.Equal(root, Posix.FindUser(0));
    }

    [Fact]
    public void An_unknown_account_is_nothing_and_no_error()
    {
        Assert.Null(Posix.FindUser("no-such-user"));
        Assert.Null(Posix.FindGroup("no-such-group"));
        Assert.Equal(0, Posix.TryGetAccount("no-such-user", out Account? account));
        Assert.Null(account);
    }

    [Fact]
    public void The_groups_of_an_account_hold_its_own()
    {
        Assert.Contains(0u, Posix.GroupList("root", 0));
    }

    [Fact]
    public void Without_root_nobody_else_s_identity_can_be_taken()
    {
        if (Posix.EffectiveUser != 0)
        {
            Assert.Throws<LinuxException>(() => Posix.SetEffectiveUser(0));
        }
    }

    [Fact]
    public void Limits_are_read_and_lowered()
    {
        (ulong soft, ulong hard) = Posix.GetLimit(ResourceLimit.CoreSize);
        Posix.SetLimit(ResourceLimit.CoreSize, 0, hard);
        Assert.Equal((0UL, hard), Posix.GetLimit(ResourceLimit.CoreSize));
        Posix.SetLimit(ResourceLimit.CoreSize, soft, hard);
    }
}
