using System.Text;
using Mta.Service;

namespace Mta.Postconf;

/// <summary>Lines on stdout: white space collapsed, folded when asked for. Nothing is written before <see cref="Flush"/>.</summary>
internal sealed class Output(bool folds)
{
    private const int LineLimit = 80;
    private const string Indent = "    ";

    private readonly StringBuilder _text = new();

    /// <summary>A line of words; every run of white space counts as one blank.</summary>
    public void Line(string text)
    {
        int column = 0;
        foreach (string word in Words(text))
        {
            if (column > 0 && folds && column + 1 + word.Length > LineLimit)
            {
                _text.Append('\n').Append(Indent);
                column = Indent.Length;
            }
            else if (column > 0)
            {
                _text.Append(' ');
                column++;
            }

            _text.Append(word);
            column += word.Length;
        }

        _text.Append('\n');
    }

    /// <summary>A line as it is.</summary>
    public void Raw(string line) => _text.Append(line).Append('\n');

    public void Flush()
    {
        CommandLineTool.Print(_text.ToString());
        _text.Clear();
    }

    private static string[] Words(string text) => text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
