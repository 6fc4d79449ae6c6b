using System.Text;
using Mta.Config;
using Mta.Text;
using Ascii = Mta.Text.Ascii;

namespace Mta.Postconf;

/// <summary>Edits master.cf. Entries that no request names stay as they are, byte for byte; edited ones are laid out anew.</summary>
internal sealed class MasterEditor(string path)
{
    /// <param name="mode"><c>M</c> entries, <c>F</c> fields, <c>P</c> settings.</param>
    /// <param name="edit"><c>e</c> sets, <c>X</c> removes, <c>#</c> comments out.</param>
    /// <exception cref="FatalException">A request is malformed, or the file cannot be replaced.</exception>
    public void Apply(char mode, char edit, IReadOnlyList<string> requests)
    {
        List<MasterRequest> parsed = [.. requests.Select(request => MasterRequest.Parse(mode, edit, request))];
        AtomicFile.Edit(path, text => Rewrite(text, mode, edit, parsed));
    }

    private string Rewrite(string text, char mode, char edit, List<MasterRequest> requests)
    {
        // The file must be valid before it is touched.
        MasterCf.Parse(text, path);
        StringBuilder result = new(text.Length + 256);
        foreach (Block block in Blocks(text))
        {
            if (block.Entry is not { } line)
            {
                result.Append(block.Text);
                continue;
            }

            List<MasterRequest> matching = requests.FindAll(request => request.Pattern.Matches(line));
            if (matching.Count == 0)
            {
                result.Append(block.Text);
                continue;
            }

            WriteEdited(result, block, line, mode, edit, matching);
        }

        foreach (MasterRequest request in requests.Where(static request => !request.IsDone))
        {
            if (mode == 'M' && edit == 'e')
            {
                Lines.EndLast(result);
                result.Append(request.Entry!.Text(folds: true)).Append('\n'); // parsed for -Me
            }
            else if (mode != 'M')
            {
                Warnings.Write($"unmatched service_name/type: \"{request.Text}\"");
            }
        }

        return result.ToString();
    }

    private static void WriteEdited(StringBuilder result, Block block, MasterLine line, char mode, char edit, List<MasterRequest> requests)
    {
        if (mode == 'M' && edit == '#')
        {
            requests.ForEach(static request => request.IsDone = true);
            foreach (string physical in Lines.Of(block.Text))
            {
                result.Append(Lines.IsSkipped(physical) ? "" : "#").Append(physical);
            }

            return;
        }

        string comments = string.Concat(Lines.Of(block.Text).Where(Lines.IsSkipped));
        if (mode == 'M')
        {
            foreach (MasterRequest request in requests)
            {
                // Of several entries with that name the first is replaced, the others go.
                if (edit == 'e' && !request.IsDone)
                {
                    result.Append(request.Entry!.Text(folds: true)).Append('\n'); // parsed for -Me
                }

                request.IsDone = true;
            }

            result.Append(comments);
            return;
        }

        result.Append(comments);
        requests.ForEach(request => request.Change(line, edit));
        result.Append(line.Text(folds: true)).Append('\n');
    }

    // Entries with the comments inside them, and what stands between them.
    private static IEnumerable<Block> Blocks(string text)
    {
        StringBuilder block = new();
        StringBuilder pending = new();
        bool inEntry = false;
        foreach (string line in Lines.Of(text))
        {
            if (Lines.IsSkipped(line))
            {
                pending.Append(line);
            }
            else if (Ascii.IsSpace(line[0]) && inEntry)
            {
                block.Append(pending).Append(line);
                pending.Clear();
            }
            else
            {
                if (inEntry)
                {
                    yield return ToBlock(block.ToString());
                }

                if (pending.Length > 0)
                {
                    yield return new Block(pending.ToString(), null);
                }

                block.Clear().Append(line);
                pending.Clear();
                inEntry = true;
            }
        }

        if (inEntry)
        {
            yield return ToBlock(block.ToString());
        }

        if (pending.Length > 0)
        {
            yield return new Block(pending.ToString(), null);
        }
    }

    private static Block ToBlock(string text) => new(text, MasterLine.From(MasterCf.Parse(text, "")[0]));

    private readonly record struct Block(string Text, MasterLine? Entry);
}
