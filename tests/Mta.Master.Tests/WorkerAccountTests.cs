using Mta.Mail.Protocols;

namespace Mta.Master.Tests;

public class WorkerAccountTests
{
    private static int _next = 100;

    private static Worker Start(WorkerAccount account)
    {
        var worker = new Worker(_next++, 1, account.NextShare);
        account.Add(worker);
        return worker;
    }

    private static void Say(WorkerAccount account, Worker worker, WorkerState state) =>
        Assert.Equal(StatusOutcome.Recorded, account.Report(new StatusMessage(worker.ProcessId, worker.Generation, state), out _));

    [Fact]
    public void A_new_process_counts_as_available_before_it_says_anything()
    {
        var account = new WorkerAccount(10, 2);
        Assert.True(account.MaySpawn);
        Start(account);
        Assert.False(account.MaySpawn);
        Assert.False(account.IsFull);
    }

    [Fact]
    public void A_process_that_does_not_share_is_one_client_and_there_may_be_as_many_as_the_limit()
    {
        var account = new WorkerAccount(3, 2);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(account.MaySpawn);
            Say(account, Start(account), WorkerState.Taken);
        }

        Assert.True(account.IsFull);
        Assert.False(account.MaySpawn);
    }

    [Fact]
    public void Sharing_processes_divide_the_limit_and_are_no_more_than_the_workers()
    {
        var account = new WorkerAccount(100, 2);
        Worker first = Start(account);
        Say(account, first, WorkerState.SharesClients);
        Assert.Equal(50, first.Share);
        Assert.False(account.MaySpawn);
        Say(account, first, WorkerState.Taken);
        Worker second = Start(account);
        Say(account, second, WorkerState.SharesClients);
        Assert.Equal(50, second.Share);
        Say(account, second, WorkerState.Taken);
        Assert.True(account.IsFull);
    }

    [Fact]
    public void A_process_that_takes_the_whole_limit_is_the_only_one_until_it_retires()
    {
        var account = new WorkerAccount(100, 2);
        Worker worker = Start(account);
        Say(account, worker, WorkerState.SharesClients);
        Say(account, worker, WorkerState.TakesLimit);
        Say(account, worker, WorkerState.Taken);
        Assert.True(account.IsFull);
        Assert.False(account.MaySpawn);
        Say(account, worker, WorkerState.Retiring);
        Assert.True(account.MaySpawn);
        Assert.Equal(50, account.NextShare);
    }

    [Theory]
    [InlineData(3, 2, 2, 1)]
    [InlineData(2, 2, 1, 1)]
    [InlineData(7, 2, 4, 3)]
    public void Shares_add_up_to_the_limit(int limit, int workers, int firstShare, int secondShare)
    {
        var account = new WorkerAccount(limit, workers);
        Worker first = Start(account);
        Say(account, first, WorkerState.SharesClients);
        Say(account, first, WorkerState.Taken);
        Worker second = Start(account);
        Assert.Equal((firstShare, secondShare), (first.Share, second.Share));
    }

    [Fact]
    public void Without_a_limit_the_share_is_unlimited()
    {
        var account = new WorkerAccount(0, 2);
        Assert.Equal(0, account.NextShare);
        Worker worker = Start(account);
        Say(account, worker, WorkerState.SharesClients);
        Assert.False(account.MaySpawn);
    }

    [Fact]
    public void A_retiring_process_gives_its_share_on()
    {
        var account = new WorkerAccount(100, 1);
        Worker old = Start(account);
        Say(account, old, WorkerState.SharesClients);
        Say(account, old, WorkerState.Retiring);
        Assert.True(account.MaySpawn);
        Assert.Equal(100, account.NextShare);
    }

    [Fact]
    public void A_limit_of_one_means_never_two_even_across_a_reload()
    {
        var account = new WorkerAccount(1, 1);
        Worker old = Start(account);
        Say(account, old, WorkerState.SharesClients);
        account.RetireAll();
        Assert.False(account.MaySpawn);
        account.Remove(old.ProcessId);
        Assert.True(account.MaySpawn);

        Worker foreign = Start(account);
        account.RetireAll();
        Assert.False(account.MaySpawn);
        account.Remove(foreign.ProcessId);
        Assert.True(account.MaySpawn);
    }

    [Fact]
    public void Messages_of_unknown_processes_and_of_old_generations_change_nothing()
    {
        var account = new WorkerAccount(10, 2);
        Worker worker = Start(account);
        Assert.Equal(StatusOutcome.Unknown, account.Report(new StatusMessage(1, 1, WorkerState.Taken), out _));
        Assert.Equal(StatusOutcome.Stale, account.Report(new StatusMessage(worker.ProcessId, 7, WorkerState.Taken), out _));
        Assert.True(account.HasAvailable);
    }

    [Fact]
    public void Available_says_that_a_client_was_served_even_when_the_state_is_the_same()
    {
        var account = new WorkerAccount(10, 2);
        Worker worker = Start(account);
        Assert.False(worker.HasServed);
        Say(account, worker, WorkerState.Available);
        Assert.True(worker.HasServed);
    }
}
