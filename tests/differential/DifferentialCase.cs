namespace Mta.Differential;

/// <summary>One step that makes the directory a case runs in: a file, or a line for the shell.</summary>
/// <param name="Path">Relative to the directory; empty for a shell line.</param>
/// <param name="Content">Byte string; placeholders are not yet replaced.</param>
/// <param name="Owner">A user name; empty leaves root.</param>
internal sealed record SetupStep(string Path, string Content, int Mode, string Owner)
{
    public bool IsShell => Path.Length == 0;
}

/// <summary>A stand-in for a service: a socket below the spool that answers each client with fixed bytes.</summary>
internal sealed record ServiceStep(string Path, string Answer);

/// <summary>One command to be run on both sides; see README.md for the notation.</summary>
internal sealed class DifferentialCase
{
    public required string Suite { get; init; }

    public required string Name { get; init; }

    /// <summary>File and line, for messages.</summary>
    public required string Source { get; init; }

    public List<SetupStep> Setup { get; } = [];

    public List<ServiceStep> Services { get; } = [];

    public List<string> Environment { get; } = [];

    /// <summary>Added to the standard main.cf, or all of it with <see cref="MainCfIsWhole"/>.</summary>
    public string MainCf { get; set; } = "";

    public bool MainCfIsWhole { get; set; }

    /// <summary>Null: the standard one.</summary>
    public string? MasterCf { get; set; }

    public string Run { get; set; } = "";

    public string Look { get; set; } = "";

    public string Input { get; set; } = "";

    public string User { get; set; } = "";

    public bool HasLog { get; set; }

    public bool IsStarted { get; set; }

    public int Seconds { get; set; } = 60;

    /// <summary>Regular expressions and their replacements, beside those that always apply.</summary>
    public List<(string Pattern, string Replacement)> Normalisations { get; } = [];

    /// <summary>The case shows a difference that is kept on purpose: this text stands in docs/COMPATIBILITY.md.</summary>
    public string Difference { get; set; } = "";

    /// <summary>What ours does, where it is not what Postfix does.</summary>
    public string? Ours { get; set; }

    /// <summary>There is no such thing in Postfix.</summary>
    public bool IsOursAlone { get; set; }

    public override string ToString() => $"{Suite}: {Name}";
}
