using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Text;
using NLog;

namespace Mta.Sendmail;

/// <summary>One message: from the command line and stdin, through postdrop, into the maildrop directory.</summary>
internal sealed class Submission
{
    private const int TraceVerify = 512;
    private const int TraceVerbose = 1024;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly Configuration _configuration;
    private readonly SendmailOptions _options;
    private readonly CommandLineTool _tool;
    private readonly uint _user = Posix.RealUser;
    private readonly string _sender;
    private int _recipients;

    public Submission(Configuration configuration, SendmailOptions options, CommandLineTool tool)
    {
        _configuration = configuration;
        _options = options;
        _tool = tool;
        _sender = FindSender();
    }

    /// <exception cref="FatalException">There is no message.</exception>
    public int Run()
    {
        int trace = (_options.IsVerify ? TraceVerify : 0) | (_options.Verbosity == 1 ? TraceVerbose : 0);
        using PostdropProcess postdrop = Start();
        BufferedOutput output = postdrop.Output;
        try
        {
            WriteEnvelope(output, trace);
            RecordWriter.Write(output, RecordType.Message);
            HeaderRecipients? extracted = _options.TakesHeaderRecipients ? new HeaderRecipients(_configuration) : null;
            if (_options.IsVerify)
            {
                WriteProbe(output);
            }
            else
            {
                CopyContent(postdrop, extracted);
            }

            RecordWriter.Write(output, RecordType.Extracted);
            foreach (string recipient in extracted?.Found ?? [])
            {
                WriteRecipient(output, recipient);
            }

            if (_recipients == 0)
            {
                throw Fatal(_options.TakesHeaderRecipients
                    ? "No recipient addresses found in message header"
                    : "Recipient addresses must be specified on the command line or via the -t option");
            }

            RecordWriter.Write(output, RecordType.End);
            postdrop.Flush();
        }
        catch (LinuxException error)
        {
            throw postdrop.Withdraw() ? Fatal($"error writing queue file: {error.Reason}") : NotStarted(postdrop.Path);
        }

        CleanupResult result = postdrop.Finish() ?? throw NotStarted(postdrop.Path);
        if (result.Status != CleanupStatus.Ok)
        {
            throw Fatal(result.Reason.Length > 0 ? Printable.Neutralize(result.Reason) : CleanupStatusReply.Of(result.Status).Text);
        }

        if (trace != 0)
        {
            CommandLineTool.Print($"Mail Delivery Status Report will be mailed to <{_sender}>.\n");
        }

        return 0;
    }

    private PostdropProcess Start()
    {
        string path = $"{_configuration.Get(GlobalParameters.CommandDirectory)}/postdrop";
        List<string> arguments = ["postdrop", "-r", .. Enumerable.Repeat("-v", _tool.Verbosity)];
        int errno = PostdropProcess.TryStart(path, arguments, out PostdropProcess? process);
        return process ?? throw Fatal($"unable to execute {string.Join(' ', arguments.Skip(1).Prepend(path))}: {Errno.Text(errno)}");
    }

    private void WriteEnvelope(BufferedOutput output, int trace)
    {
        if (_options.EnvelopeId.Length > 0)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.EnvelopeId, _options.EnvelopeId);
        }

        if (_options.Return != 0)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.ReturnFlags, _options.Return);
        }

        RecordWriter.WriteAttribute(output, QueueAttribute.RewriteContext, _options.IsGateway ? "remote" : "local");
        if (FindFullName() is { } fullName)
        {
            RecordWriter.Write(output, RecordType.FullName, fullName);
        }

        RecordWriter.Write(output, RecordType.Sender, _sender);
        if (_options.Encoding.Length > 0)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.Encoding, _options.Encoding);
        }

        if (trace != 0)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.TraceFlags, trace);
        }

        if (_options.Verp is { } verp)
        {
            if (_sender.Length == 0)
            {
                throw Fatal("-V option requires non-null sender address");
            }

            RecordWriter.Write(output, RecordType.Verp, verp.Length > 0 ? verp : _configuration.Get(GlobalParameters.DefaultVerpDelimiters));
        }

        foreach (string operand in _options.Operands)
        {
            AddressList list = AddressList.Parse(operand);
            foreach (AddressNode address in list.Addresses)
            {
                WriteRecipient(output, address.ToInternal());
            }

            if (list.Count == 0)
            {
                RecordWriter.Write(output, RecordType.Recipient, "");
                _recipients++;
            }
        }
    }

    private void WriteRecipient(BufferedOutput output, string address)
    {
        if (_options.Notify != 0)
        {
            RecordWriter.WriteAttribute(output, QueueAttribute.NotifyFlags, _options.Notify);
        }

        RecordWriter.Write(output, RecordType.Recipient, address);
        _recipients++;
    }

    private void WriteProbe(BufferedOutput output)
    {
        if (_sender.Length > 0)
        {
            RecordWriter.Write(output, RecordType.Text, $"From: {_sender}");
        }

        RecordWriter.Write(output, RecordType.Text, "Subject: probe");
        RecordWriter.Write(output, RecordType.ContinuedText, "To:");
        for (int i = 0; i < _options.Operands.Count; i++)
        {
            string comma = i + 1 < _options.Operands.Count ? "," : "";
            RecordWriter.Write(output, RecordType.Text, $"\t{_options.Operands[i]}{comma}");
        }
    }

    private void CopyContent(PostdropProcess postdrop, HeaderRecipients? extracted)
    {
        string mode = _configuration.Get(SendmailParameters.SendmailFixLineEndings);
        using ContentCopier copier = new(postdrop, _configuration.Get(GlobalParameters.LineLengthLimit), _options.IgnoresDot, mode, extracted);
        try
        {
            copier.Run();
        }
        catch (HeaderTooLongException error)
        {
            throw Fatal($"unable to extract recipients: {error.Message}");
        }
        catch (ReadException error)
        {
            throw Fatal($"error reading input: {error.Message}");
        }
    }

    private string FindSender()
    {
        if (_options.Sender is { } given)
        {
            AddressList list = AddressList.Parse(given);
            if (list.Count > 1)
            {
                Log.Warn($"-f option specified malformed sender: {Printable.Neutralize(given)}");
            }

            return list.Addresses.FirstOrDefault()?.ToInternal() ?? "";
        }

        return Posix.FindUser(_user)?.Name ?? throw new FatalException($"no login name found for user ID {_user}");
    }

    private string? FindFullName()
    {
        string? name = _options.FullName ?? Posix.EnvironmentVariable("NAME");
        if (name is not null)
        {
            return name;
        }

        if (Posix.FindUser(_user) is not { } account)
        {
            return null;
        }

        // The old finger convention: '&' is the login name, and what follows a comma is office and telephone.
        int end = account.Gecos.AsSpan().IndexOfAny(',', ';', '%');
        string gecos = end < 0 ? account.Gecos : account.Gecos[..end];
        string capitalised = account.Name.Length == 0 ? "" : char.ToUpperInvariant(account.Name[0]) + account.Name[1..];
        return gecos.Replace("&", capitalised, StringComparison.Ordinal);
    }

    private FatalException NotStarted(string path) => Fatal($"unable to execute {path} -r: Success");

    private FatalException Fatal(string text) => new($"{Printable.Neutralize(_sender)}({_user}): {text}");
}
