using Mta.Mail.Dsn;
using Mta.Text;

namespace Mta.Bounce;

/// <summary>What <c>postconf -t</c> and <c>postconf -b</c> print.</summary>
internal static class TemplateDump
{
    public const string DumpService = "dump_templates";
    public const string ExpandService = "expand_templates";

    public static void WriteTemplates(BufferedOutput output, NoticeTemplates templates)
    {
        foreach (NoticeTemplate template in templates.All)
        {
            if (template.Class != NoticeClass.Failure)
            {
                Line(output, "");
            }

            Line(output, $"{template.Name}_template = <<EOF");
            Line(output, $"Charset: {template.Charset}");
            Line(output, $"From: {template.From}");
            Line(output, $"Subject: {template.Subject}");
            if (template.PostmasterSubject is not null)
            {
                Line(output, $"Postmaster-Subject: {template.PostmasterSubject}");
            }

            Line(output, "");
            foreach (string line in template.Text)
            {
                Line(output, line);
            }

            Line(output, "EOF");
        }
    }

    public static void WriteExpanded(BufferedOutput output, NoticeTemplates templates, NoticeTemplateText text)
    {
        foreach (NoticeTemplate template in templates.All)
        {
            if (template.Class != NoticeClass.Failure)
            {
                Line(output, "");
            }

            Line(output, $"expanded_{template.Name}_text = <<EOF");
            foreach (string line in text.Expand(template))
            {
                Line(output, line);
            }

            Line(output, "EOF");
        }
    }

    private static void Line(BufferedOutput output, string text)
    {
        output.Write(text);
        output.Write((byte)'\n');
    }
}
