using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Dsn;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Text;

namespace Mta.Bounce;

/// <summary>The parts of one process, made while it still has the privileges of its start.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class BounceDaemon
{
    private const int MaxTemplateFile = 1 << 20;

    private readonly string _service;
    private readonly Lazy<NoticeTemplates> _templates;
    private readonly NoticeTemplateText _text;
    private readonly RequestHandler? _handler;

    public BounceDaemon(ServiceContext context)
    {
        Configuration configuration = context.Configuration;
        _service = context.ServiceName;

        // The file is read before the change of root, and judged when it is first used.
        string templateFile = configuration.Get(BounceParameters.BounceTemplateFile);
        string? templateText = templateFile.Length > 0 ? Read(templateFile) : null;
        NoticeTemplates builtIn = NoticeTemplates.BuiltIn(configuration.Get(CleanupParameters.HeaderFromFormat) == "standard");
        _templates = new Lazy<NoticeTemplates>(() => templateText is null ? builtIn : Parse(templateFile, templateText, builtIn));
        _text = new NoticeTemplateText(configuration, LogLines.Template);
        if (IsDump)
        {
            return;
        }

        if (!QueueName.IsValid(_service))
        {
            throw new FatalException($"illegal queue name: {Printable.Neutralize(_service)}");
        }

        BounceSettings settings = BounceSettings.From(configuration);
        NoticeSettings noticeSettings = NoticeSettings.From(configuration);
        QueueDirectory directory = new(QueueSettings.From(configuration));
        LogStore logs = new(directory, _service, settings);
        CleanupClient cleanup = CleanupClient.From(configuration);
        NoticeSender notices = new(cleanup, new NoticeComposer(noticeSettings, context.Time), _templates, _text, noticeSettings, settings);
        _handler = new RequestHandler(_service, logs, new Notifications(directory, logs, notices, settings, context.Time), settings);
    }

    private bool IsDump => _service is TemplateDump.DumpService or TemplateDump.ExpandService;

    public Task ServeAsync(ClientConnection client, CancellationToken stop) =>
        _handler is { } handler ? handler.ServeAsync(client, stop) : DumpAsync(client, stop);

    private static NoticeTemplates Parse(string fileName, string text, NoticeTemplates builtIn)
    {
        List<string> warnings = [];
        try
        {
            return NoticeTemplateFile.Parse(fileName, text, builtIn, warnings);
        }
        finally
        {
            warnings.ForEach(LogLines.Template);
        }
    }

    private static string Read(string path)
    {
        int errno = Posix.TryOpen(path, OpenFlags.ReadOnly, 0, out FileHandle file);
        if (errno != 0)
        {
            throw new FatalException($"open {path}: {Errno.Text(errno)}");
        }

        using (file)
        {
            byte[] bytes = new byte[(int)Math.Min(MaxTemplateFile, Posix.Fstat(file).Size)];
            int count = Posix.Pread(file, bytes, 0);
            return ByteString.FromBytes(bytes.AsSpan(0, count));
        }
    }

    private async Task DumpAsync(ClientConnection client, CancellationToken stop)
    {
        if (_service == TemplateDump.DumpService)
        {
            TemplateDump.WriteTemplates(client.Output, _templates.Value);
        }
        else
        {
            TemplateDump.WriteExpanded(client.Output, _templates.Value, _text);
        }

        await client.Output.FlushAsync(stop);
    }
}
