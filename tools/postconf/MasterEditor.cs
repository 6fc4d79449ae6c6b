using System.Text;
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
        StringBuilder result = new(text.Length + 256);
        foreach (Block block in Blocks(text))
        {
            // Entries that nobody asked for need not be valid.
            List<MasterRequest> matching = block.Line == 0 ? [] : requests.FindAll(request => request.Pattern.Matches(block.Service, block.Type));
            if (matching.Count == 0)
            {
                result.Append(block.Text);
                continue;
            }

            WriteEdited(result, block, mode, edit, matching);
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

    private void WriteEdited(StringBuilder result, Block block, char mode, char edit, List<MasterRequest> requests)
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
        string entry = string.Concat(Lines.Of(block.Text).Where(static physical => !Lines.IsSkipped(physical)).Select(static physical => physical.TrimEnd('\n')));
        MasterLine line = MasterLine.FromText(entry, $"file {path}: line {block.Line}");
        requests.ForEach(request => request.Change(line, edit));
        result.Append(line.Text(folds: true)).Append('\n');
    }

    // Entries with the comments inside them, and what stands between them.
    private static IEnumerable<Block> Blocks(string text)
    {
        StringBuilder block = new();
        StringBuilder pending = new();
        int begin = 0;
        int number = 0;
        foreach (string line in Lines.Of(text))
        {
            number++;
            if (Lines.IsSkipped(line))
            {
                pending.Append(line);
            }
            else if (Ascii.IsSpace(line[0]))
            {
                block.Append(pending).Append(line);
                pending.Clear();
            }
            else
            {
                if (block.Length > 0)
                {
                    yield return ToBlock(block.ToString(), begin);
                }

                if (pending.Length > 0)
                {
                    yield return new Block(pending.ToString(), 0, "", "");
                }

                block.Clear().Append(line);
                pending.Clear();
                begin = number;
            }
        }

        if (block.Length > 0)
        {
            yield return ToBlock(block.ToString(), begin);
        }

        if (pending.Length > 0)
        {
            yield return new Block(pending.ToString(), 0, "", "");
        }
    }

    private static Block ToBlock(string text, int line)
    {
        string[] words = text.Split([' ', '\t', '\r', '\n'], 3, StringSplitOptions.RemoveEmptyEntries);
        return new Block(text, line, words[0], words.Length > 1 ? words[1] : "");
    }

    // Line 0: no entry.
    private readonly record struct Block(string Text, int Line, string Service, string Type);
}
