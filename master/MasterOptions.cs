using Mta.Service;
using Mta.Text;

namespace Mta.Master;

/// <summary>The master's command line.</summary>
internal sealed record MasterOptions
{
    public const string Usage = "usage: master [-c config_dir] [-D (debug)] [-d (don't detach from terminal)] [-e exit_time] [-i (init mode)] [-s (keep stdout)] [-t (test)] [-v] [-w (wait for initialization)]";

    /// <summary>-c; null when not given.</summary>
    public string? Directory { get; private set; }

    /// <summary>-d: stay with the terminal and tell children so.</summary>
    public bool StaysAttached { get; private set; }

    /// <summary>-i: this is process 1 of a container.</summary>
    public bool IsInit { get; private set; }

    /// <summary>-s or -i: children keep stdout.</summary>
    public bool KeepsStdout { get; private set; }

    /// <summary>-t: only tell whether a master is running.</summary>
    public bool TestsLock { get; private set; }

    /// <summary>-w: start another process and wait until it is ready.</summary>
    public bool Waits { get; private set; }

    public bool IsVerbose { get; private set; }

    /// <summary>-D: run debugger_command on the master.</summary>
    public bool Debugs { get; private set; }

    /// <summary>-e: end after this time; null is never.</summary>
    public TimeSpan? ExitAfter { get; private set; }

    /// <exception cref="FatalException">The command line is wrong.</exception>
    public static MasterOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new MasterOptions();
        var reader = new GetOpt(arguments, "c:Dde:istvw");
        while (reader.Next())
        {
            if (reader.IsUnknown || reader.LacksArgument)
            {
                CommandLineTool.PrintRaw($"{ProgramArguments.ProgramPath}: {reader.Error}");
                throw new FatalException(Usage);
            }

            switch (reader.Option)
            {
                case 'c':
                    options.Directory = reader.Argument;
                    break;
                case 'D':
                    options.Debugs = true;
                    break;
                case 'd':
                    options.StaysAttached = true;
                    break;
                case 'e':
                    options.ExitAfter = reader.Argument.Length is > 0 and < 9 && int.TryParse(reader.Argument, out int seconds) && seconds > 0
                        ? TimeSpan.FromSeconds(seconds)
                        : throw new FatalException($"bad exit time: {Printable.Neutralize(reader.Argument)}");
                    break;
                case 'i':
                    options.IsInit = options.KeepsStdout = true;
                    break;
                case 's':
                    options.KeepsStdout = true;
                    break;
                case 't':
                    options.TestsLock = true;
                    break;
                case 'v':
                    options.IsVerbose = true;
                    break;
                case 'w':
                    options.Waits = true;
                    break;
            }
        }

        if (reader.Operands.Count > 0)
        {
            throw new FatalException(Usage);
        }

        return options.Waits && options.StaysAttached ? throw new FatalException("options -d and -w exclude each other") : options;
    }
}
