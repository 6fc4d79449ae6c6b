namespace Mta.Linux.Tests;

public sealed class ProcessRestTests
{
    [Fact]
    public void A_rest_collects_what_work_has_left_behind()
    {
        WeakReference left = LeaveBehind();
        ProcessRest.GiveBack();
        Assert.False(left.IsAlive);
    }

    // Its own frame, so that nothing here holds the object any longer.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference LeaveBehind() => new(new byte[1 << 20]);
}
