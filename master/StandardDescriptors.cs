using Mta.Linux;

namespace Mta.Master;

/// <summary>What the master has open when it starts, and what its children shall not inherit.</summary>
internal static class StandardDescriptors
{
    /// <summary>Opens closed ones among 0 to 2 on /dev/null, and lets nothing above them pass to children by accident.</summary>
    public static void Secure()
    {
        for (int number = 0; number <= 2; number++)
        {
            if (!Posix.IsOpen(number))
            {
                using FileHandle nothing = Posix.Open("/dev/null", OpenFlags.ReadWrite);
                if (nothing.Descriptor == number)
                {
                    Posix.SetCloseOnExec(number, on: false);
                    nothing.Release();
                }
                else
                {
                    Posix.DuplicateTo(nothing, number);
                }
            }
        }

        // Closing them would take the runtime's own away; children are given theirs by name.
        foreach (string name in Posix.ListDirectory("/proc/self/fd"))
        {
            if (int.TryParse(name, out int number) && number > 2 && Posix.IsOpen(number))
            {
                Posix.SetCloseOnExec(number);
            }
        }
    }

    /// <summary>Lets go of the caller's terminal.</summary>
    public static void Detach(MasterOptions options)
    {
        if (options.StaysAttached)
        {
            return;
        }

        using FileHandle nothing = Posix.Open("/dev/null", OpenFlags.ReadWrite);
        for (int number = 0; number <= 2; number++)
        {
            if (number != 1 || !options.KeepsStdout)
            {
                Posix.DuplicateTo(nothing, number);
            }
        }
    }
}
