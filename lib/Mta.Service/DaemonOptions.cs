using Mta.Text;

namespace Mta.Service;

/// <summary>What the master says on a daemon's command line (the same for every daemon).</summary>
public sealed class DaemonOptions
{
    public const string Letters = "cdDi:lm:n:o:r:s:St:uvVz";

    public string ProcessName { get; private init; } = "";

    /// <summary>-n, else the process name.</summary>
    public string ServiceName { get; private set; } = "";

    /// <summary>-t; empty when missing.</summary>
    public string Type { get; private set; } = "";

    /// <summary>-c: the queue directory becomes the root.</summary>
    public bool Chroot { get; private set; }

    /// <summary>-d: no check for a terminal.</summary>
    public bool Detached { get; private set; }

    /// <summary>-D: start a debugger.</summary>
    public bool Debug { get; private set; }

    /// <summary>-l: master.cf allows one process.</summary>
    public bool Solitary { get; private set; }

    /// <summary>-z: master.cf allows any number of processes.</summary>
    public bool Unlimited { get; private set; }

    /// <summary>-u: change to the mail owner.</summary>
    public bool Unprivileged { get; private set; }

    /// <summary>-S: serve one client on stdin and stdout.</summary>
    public bool StandardStreams { get; private set; }

    /// <summary>-V: log to stderr too.</summary>
    public bool LogToStderr { get; private set; }

    /// <summary>Number of -v.</summary>
    public int Verbosity { get; private set; }

    /// <summary>-s: number of listen sockets.</summary>
    public int SocketCount { get; private set; } = 1;

    /// <summary>-r, in seconds; null when not given.</summary>
    public int? RetireAfter { get; private set; }

    /// <summary>-o name=value in their order, and -i (max_idle) and -m (max_use) among them.</summary>
    public List<(string Name, string Value)> Overrides { get; } = [];

    public IReadOnlyList<string> Arguments { get; private set; } = [];

    /// <exception cref="FatalException">An unknown option or a bad number.</exception>
    public static DaemonOptions Parse(string processName, IReadOnlyList<string> arguments)
    {
        DaemonOptions options = new() { ProcessName = processName, ServiceName = processName };
        GetOpt reader = new(arguments, Letters);
        while (reader.Next())
        {
            if (reader.IsUnknown || reader.LacksArgument)
            {
                throw new FatalException($"invalid option: {reader.Option}");
            }

            options.Set(reader.Option, reader.Argument);
        }

        options.Arguments = reader.Operands;
        return options;
    }

    /// <summary>Splits <c>name = value</c>; false without an equals sign or name.</summary>
    public static bool TrySplitOverride(string text, out string name, out string value)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        name = equals < 0 ? "" : Trim(text[..equals]);
        value = equals < 0 ? "" : Trim(text[(equals + 1)..]);
        return name.Length > 0;
    }

    private static string Trim(string text)
    {
        int start = 0;
        int end = text.Length;
        while (start < end && Ascii.IsSpace(text[start]))
        {
            start++;
        }

        while (end > start && Ascii.IsSpace(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    private void Set(char option, string argument)
    {
        switch (option)
        {
            case 'c':
                Chroot = true;
                break;
            case 'd':
                Detached = true;
                break;
            case 'D':
                Debug = true;
                break;
            case 'i':
                Overrides.Add(("max_idle", argument));
                break;
            case 'l':
                Solitary = true;
                break;
            case 'm':
                Overrides.Add(("max_use", argument));
                break;
            case 'n':
                ServiceName = argument;
                break;
            case 'o':
                if (!TrySplitOverride(argument, out string name, out string value))
                {
                    throw new FatalException($"missing '=' after attribute name: \"{Printable.Neutralize(argument)}\"");
                }

                Overrides.Add((name, value));
                break;
            case 'r':
                RetireAfter = Number(argument, "invalid retirement delay");
                break;
            case 's':
                SocketCount = Number(argument, "invalid socket count");
                break;
            case 'S':
                StandardStreams = true;
                break;
            case 't':
                Type = argument;
                break;
            case 'u':
                Unprivileged = true;
                break;
            case 'v':
                Verbosity++;
                break;
            case 'V':
                LogToStderr = true;
                break;
            case 'z':
                Unlimited = true;
                break;
        }
    }

    private static int Number(string text, string complaint) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, null, out int number) && number > 0
            ? number
            : throw new FatalException($"{complaint}: {Printable.Neutralize(text)}");
}
