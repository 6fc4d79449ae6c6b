using System.Globalization;
using Mta.Service;
using Mta.Text;

namespace Mta.Qshape;

/// <summary>The command line.</summary>
internal sealed class QshapeOptions
{
    private const string Usage =
        "usage: qshape [-s] [-p] [-m <min_subdomains>] [-l] [-b <bucket_count>] [-t <bucket_time>] [-w <terminal_width>] [-N <batch_msg_count>] [-n <batch_top_domains>] [-c <config_directory>] [<queue_name> ...]";

    /// <summary>-s: senders are counted, not recipients.</summary>
    public bool Senders { get; private set; }

    /// <summary>-p: parent domains are shown too.</summary>
    public bool Parents { get; private set; }

    /// <summary>-m: a parent domain needs so many subdomains.</summary>
    public int MinSubdomains { get; private set; } = 5;

    /// <summary>-l: the limits of the buckets grow by the same time each.</summary>
    public bool Linear { get; private set; }

    /// <summary>-b: age buckets.</summary>
    public int Buckets { get; private set; } = 10;

    /// <summary>-t: limit of the first bucket, in minutes.</summary>
    public int FirstLimit { get; private set; } = 5;

    /// <summary>-w: columns.</summary>
    public int Width { get; private set; } = 80;

    /// <summary>-N: on a terminal, intermediate results after so many messages.</summary>
    public int BatchMessages { get; private set; } = 1000;

    /// <summary>-n: on a terminal, rows of an intermediate result.</summary>
    public int BatchRows { get; private set; } = 20;

    public IReadOnlyList<string> Queues { get; private set; } = ["incoming", "active"];

    /// <exception cref="FatalException">The command line is malformed.</exception>
    public static QshapeOptions Parse(CommandLineTool tool)
    {
        QshapeOptions options = new();
        GetOpt reader = tool.GetOpt("spm:lb:t:w:N:n:c:");
        while (tool.Next(reader, Usage))
        {
            options.Set(tool, reader.Option, reader.Argument);
        }

        if (reader.Operands.Count > 0)
        {
            options.Queues = reader.Operands;
        }

        return options;
    }

    private void Set(CommandLineTool tool, char option, string argument)
    {
        switch (option)
        {
            case 's':
                Senders = true;
                break;
            case 'p':
                Parents = true;
                break;
            case 'm':
                MinSubdomains = Number(argument, MinSubdomains, above: 0);
                break;
            case 'l':
                Linear = true;
                break;
            case 'b':
                Buckets = Number(argument, Buckets, above: 0);
                break;
            case 't':
                FirstLimit = Number(argument, FirstLimit, above: 0);
                break;
            case 'w':
                Width = Number(argument, Width, above: 80);
                break;
            case 'N':
                BatchMessages = Number(argument, BatchMessages, above: 0);
                break;
            case 'n':
                BatchRows = Number(argument, BatchRows, above: 0);
                break;
            case 'c':
                tool.UseConfigurationDirectory(argument);
                break;
        }
    }

    // What is too small is not used: a table of no columns helps nobody.
    private static int Number(string text, int standard, int above) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > above ? number : standard;
}
