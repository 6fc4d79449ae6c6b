using System.Text;
using Mta.Linux;
using Mta.Text;

namespace Mta.Local;

/// <summary>The physical lines of a list file. A line longer than the limit comes in pieces. Owns neither lock nor file.</summary>
internal sealed class ListFile(FileHandle file, int lineLimit) : IDisposable
{
    private readonly byte[] _buffer = new byte[4096];
    private readonly StringBuilder _line = new();
    private int _next;
    private int _end;

    /// <returns>Null at the end of the file.</returns>
    /// <exception cref="LinuxException">The file cannot be read.</exception>
    public string? Next()
    {
        _line.Clear();
        while (true)
        {
            if (_next == _end)
            {
                _next = 0;
                _end = Posix.Read(file, _buffer);
                if (_end <= 0)
                {
                    _end = 0;
                    return _line.Length > 0 ? _line.ToString() : null;
                }
            }

            ReadOnlySpan<byte> rest = _buffer.AsSpan(_next, _end - _next);
            int newline = rest.IndexOf((byte)'\n');
            int take = Math.Min(newline < 0 ? rest.Length : newline, lineLimit - _line.Length);
            _line.Append(ByteString.FromBytes(rest[..take]));
            _next += take;
            if (take == newline)
            {
                _next++;
                return _line.ToString();
            }

            if (_line.Length >= lineLimit)
            {
                return _line.ToString();
            }
        }
    }

    public void Dispose() => file.Dispose();
}
