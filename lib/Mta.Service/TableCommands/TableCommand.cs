using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Tables;
using Mta.Tables.Index;
using Mta.Tables.Source;
using Mta.Text;
using NLog;

namespace Mta.Service.TableCommands;

/// <summary>What postmap and postalias have in common: make indexes, change them, ask and list tables.</summary>
public sealed class TableCommand
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private readonly CommandLineTool _tool;
    private readonly TableCommandFormat _format;
    private readonly TableCommandOptions _options;
    private readonly TableRegistry _tables;
    private readonly bool _utf8;

    private TableCommand(CommandLineTool tool, TableCommandFormat format)
    {
        _tool = tool;
        _format = format;
        _options = TableCommandOptions.Read(tool, format);
        bool message = _options.Body || _options.Header;
        _utf8 = tool.Configuration.Get(GlobalParameters.Smtputf8Enable) && (_options.ForceUtf8 || (!_options.NoUtf8 && !message));
        _tables = tool.OpenTables();
    }

    private bool HasFoldedKeys => !_options.NoFolding;

    /// <summary>Runs the command to its exit code.</summary>
    /// <exception cref="FatalException">It cannot go on.</exception>
    public static async Task<int> RunAsync(CommandLineTool tool, TableCommandFormat format)
    {
        try
        {
            TableCommand command = new(tool, format);
            return await command.RunAsync();
        }
        catch (TableException failure)
        {
            throw new FatalException(failure.Message, failure);
        }
    }

    private async Task<int> RunAsync()
    {
        if (_options.Query is null && _options.Delete is null && !_options.List)
        {
            if (_options.Operands.Count == 0)
            {
                throw new FatalException(_format.Usage);
            }

            foreach (string operand in _options.Operands)
            {
                await BuildAsync(Reference(operand));
            }

            return 0;
        }

        if (_options.Operands.Count == 0)
        {
            // Listing no table is no error of usage.
            return _options.List ? 1 : throw new FatalException(_format.Usage);
        }

        if (_options.List)
        {
            return List(Reference(_options.Operands[0]));
        }

        return _options.Delete is { } key ? Delete(key) : await QueryAsync(_options.Query!); // one of the three is set
    }

    private string Reference(string operand) =>
        operand.Contains(':', StringComparison.Ordinal) ? operand : $"{_tool.Configuration.Get(TableParameters.DefaultDatabaseType)}:{operand}";

    private LookupTable Open(string reference, TableAccess access = TableAccess.ReadOnly) => _tables.Open(reference, _options.Flags(_utf8), access);

    private async Task<int> QueryAsync(string key)
    {
        List<LookupTable> tables = [];
        foreach (string operand in _options.Operands)
        {
            tables.Add(Open(Reference(operand)));
        }

        if (key != "-")
        {
            string? value = await FindAsync(tables, key);
            if (value is not null)
            {
                CommandLineTool.Print($"{value}\n");
            }

            return value is null ? 1 : 0;
        }

        byte[] input = ReadStandardInput();
        bool message = (_options.Body || _options.Header) && _format.MessageKeys is not null;
        IEnumerable<string> keys = message
            ? _format.MessageKeys!(input, _options.Header, _options.Body, _options.Mime) // tested above
            : Lines(input);
        bool found = false;
        foreach (string line in keys)
        {
            if (await FindAsync(tables, line) is { } value)
            {
                CommandLineTool.Print($"{line}{_format.Separator}{value}\n");
                found = true;
            }
        }

        return found ? 0 : 1;
    }

    private async Task<string?> FindAsync(List<LookupTable> tables, string key)
    {
        foreach (LookupTable table in tables)
        {
            LookupResult result = await table.LookupAsync(key);
            if (result.IsFailed)
            {
                string reason = Reason(table, result);
                throw new FatalException(result.Failure == LookupFailure.Configuration ? $"table {table.Reference}: query error" : $"table {table.Reference}: query error: {reason}");
            }

            if (result.IsFound)
            {
                if (result.Value.Length == 0)
                {
                    Log.Warn($"table {table.Reference}: key {Printable.Neutralize(key, _utf8)}: empty string result is not allowed");
                    Log.Warn($"table {table.Reference} should return NO RESULT in case of NOT FOUND");
                }

                return Decode(table, key, result.Value);
            }
        }

        return null;
    }

    // Without the name of the table, which the message has already; of a composite, without that of its member.
    private static string Reason(LookupTable table, LookupResult result)
    {
        string reason = result.Reason;
        if (reason.StartsWith($"{table.Reference}: ", StringComparison.Ordinal))
        {
            return reason[(table.Reference.Length + 2)..];
        }

        int colon = table.Type is "unionmap" or "pipemap" or "debug" ? reason.LastIndexOf(": ", StringComparison.Ordinal) : -1;
        return colon < 0 ? reason : reason[(colon + 2)..];
    }

    private int List(string reference)
    {
        if (reference.StartsWith("proxy:", StringComparison.Ordinal))
        {
            throw new FatalException("can't sequence maps via the proxy service");
        }

        LookupTable table = Open(reference);
        if (!table.HasSequence)
        {
            throw new FatalException($"table {reference}: sequence operation is not supported");
        }

        foreach ((string key, string value) in table.Entries())
        {
            if (key.Length == 0)
            {
                Log.Warn($"table {reference}: empty lookup key value is not allowed");
            }
            else if (value.Length == 0)
            {
                Log.Warn($"table {reference}: key {Printable.Neutralize(key, _utf8)}: empty string result is not allowed");
            }

            CommandLineTool.Print($"{key}{_format.Separator}{Decode(table, key, value)}\n");
        }

        return 0;
    }

    private string Decode(LookupTable table, string key, string value)
    {
        if (!_options.Files)
        {
            return value;
        }

        try
        {
            return ByteString.FromBytes(Convert.FromBase64String(value));
        }
        catch (FormatException)
        {
            Log.Warn($"table {table.Reference}: key {Printable.Neutralize(key)}: malformed BASE64 value: {Printable.Neutralize(value)}");
            throw new FatalException($"table {table.Reference}: {(_options.List ? "sequence" : "query")} error");
        }
    }

    private int Delete(string key)
    {
        bool found = false;
        string[] keys = key == "-" ? [.. Lines(ReadStandardInput())] : [key];
        foreach (string operand in _options.Operands)
        {
            string reference = Reference(operand);
            LookupTable table = Open(reference, TableAccess.ReadWrite);
            try
            {
                foreach (string one in keys)
                {
                    found |= table.Delete(one);
                }
            }
            catch (TableException error) when (error.Message.EndsWith("map does not support delete operations", StringComparison.Ordinal))
            {
                throw new FatalException($"table {reference}: delete operation is not supported", error);
            }
        }

        return found ? 0 : 1;
    }

    private async Task BuildAsync(string reference)
    {
        if (!TableRegistry.TrySplit(reference, out string type, out string name))
        {
            if (type.Length > 0)
            {
                throw new FatalException($"open : {Errno.Text(Errno.ENOENT)}");
            }

            throw new FatalException($"open dictionary: expecting \"type:name\" form instead of \"{reference}\"");
        }

        if (type == "proxy" && !_options.Incremental)
        {
            throw new FatalException("can't create maps via the proxy service");
        }

        // With -i the entries come from stdin, and the file named may well not exist.
        SourceFile? source = _options.Incremental ? null : ReadSource(name);
        if (!IndexBuilder.CanBuild(type))
        {
            throw new FatalException(_tables.Knows(type)
                ? $"unsupported dictionary type: {type} does not support bulk-mode creation."
                : $"unsupported dictionary type: {type}. Is the postfix-{type} package installed?");
        }

        IndexOptions options = new()
        {
            Duplicates = _options.Duplicates,
            Fold = HasFoldedKeys,
            Utf8 = _utf8,
            TrailingNul = _options.TrailingNul,
            Mode = source is null || _options.DefaultMode ? 0x1A4 : IndexBuilder.ModeFor(source),
            MapSize = _tool.Configuration.Get(TableParameters.LmdbMapSize),
            Warning = static text => Log.Warn(text),
        };
        if (source is null)
        {
            IEnumerable<SourceEntry> entries = Entries(ReadStandardInput(), "stdin");
            await IndexBuilder.AddAsync(Open(reference, TableAccess.Create), entries, options);
            return;
        }

        BecomeOwner(source);
        using BuildProgress progress = new(reference);
        try
        {
            IndexBuilder.Build(_tables.Settings.EngineOf(type), name, progress.Count(Entries(source.Content, name)).Concat(_format.Marks(_tool.Configuration)), options);
        }
        finally
        {
            BecomeRootAgain(source);
        }
    }

    private IEnumerable<SourceEntry> Entries(byte[] content, string name)
    {
        foreach (SourceEntry entry in _format.Read(content, name, _utf8, static text => Log.Warn(text)))
        {
            if (!_options.Files)
            {
                yield return entry;
            }
            else if (FileValues.TryRead(entry.Value, out string encoded, out string problem))
            {
                yield return entry with { Value = encoded };
            }
            else
            {
                Log.Warn($"{name}, line {entry.Line.First}: {problem}: skipping this entry");
            }
        }
    }

    private static SourceFile ReadSource(string name)
    {
        try
        {
            return SourceFile.Read(name);
        }
        catch (LinuxException failure)
        {
            throw new FatalException($"open {name}: {failure.Reason}", failure);
        }
    }

    // Root works for whoever owns the source: nothing is created in that owner's directory with more rights.
    private void BecomeOwner(SourceFile source)
    {
        if (!_options.KeepRoot && Posix.EffectiveUser == 0 && source.Status.UserId != 0)
        {
            Posix.BecomeEffective(source.Status.UserId, source.Status.GroupId, []);
        }
    }

    private void BecomeRootAgain(SourceFile source)
    {
        if (!_options.KeepRoot && Posix.RealUser == 0 && source.Status.UserId != 0)
        {
            Posix.SetEffectiveUser(0);
            Posix.SetEffectiveGroup(Posix.RealGroup);
        }
    }

    private static byte[] ReadStandardInput()
    {
        using FileHandle input = new(0, ownsHandle: false);
        return SourceFile.ReadStream(input, "stdin");
    }

    private static IEnumerable<string> Lines(byte[] input)
    {
        int start = 0;
        while (start < input.Length)
        {
            int end = Array.IndexOf(input, (byte)'\n', start);
            int stop = end < 0 ? input.Length : end;
            yield return ByteString.FromBytes(input.AsSpan(start, stop - start));
            start = stop + 1;
        }
    }
}
