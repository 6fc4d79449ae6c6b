namespace Mta.Text;

/// <summary>
/// Reads netstrings (<c>LENGTH:BYTES,</c>, https://cr.yp.to/proto/netstrings.txt) piece by piece. What is claimed is not
/// allocated before it arrives. A method that says "no" has set <see cref="Problem"/>. Does not own the input.
/// </summary>
public sealed class NetstringReader(BufferedInput input)
{
    /// <summary>A <see cref="Problem"/>: no digit, colon or comma where there must be one.</summary>
    public const string Malformed = "netstring format error";

    /// <summary>A <see cref="Problem"/>: longer than its reader takes.</summary>
    public const string TooLong = "netstring length exceeds storage limit";

    private const int MostDigits = 100;
    private const int FirstAllocation = 64 << 10;

    /// <summary>What is wrong with what was read; empty while nothing is.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Reads a length and its colon. No digit at all is a zero, as other implementations have it.</summary>
    /// <returns>-1 when it is malformed or above the limit.</returns>
    /// <exception cref="EndOfStreamException">The other side has closed.</exception>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    public async ValueTask<long> ReadLengthAsync(long limit, CancellationToken stop)
    {
        long length = 0;
        for (int digits = 0; ; digits++)
        {
            byte next = await PeekAsync(stop);
            input.Consume(1);
            if (next == ':')
            {
                return length;
            }

            if (next is < (byte)'0' or > (byte)'9' || digits == MostDigits)
            {
                Problem = Malformed;
                return -1;
            }

            int digit = next - '0';
            if (digit > limit || length > (limit - digit) / 10)
            {
                Problem = TooLong;
                return -1;
            }

            length = (length * 10) + digit;
        }
    }

    /// <summary>Reads a whole netstring.</summary>
    /// <param name="limit">Most bytes that it may hold.</param>
    /// <returns>Null when it is malformed or longer than the limit.</returns>
    /// <inheritdoc cref="ReadLengthAsync"/>
    public async ValueTask<byte[]?> ReadAsync(long limit, CancellationToken stop)
    {
        long length = await ReadLengthAsync(Math.Min(limit, Array.MaxLength), stop);
        if (length < 0)
        {
            return null;
        }

        byte[] data = new byte[Math.Min(length, FirstAllocation)];
        for (int count = 0; count < length;)
        {
            await PeekAsync(stop);
            if (count == data.Length)
            {
                Array.Resize(ref data, (int)Math.Min(length, data.Length * 2L));
            }

            ReadOnlySpan<byte> window = input.Available;
            int taken = Math.Min(window.Length, data.Length - count);
            window[..taken].CopyTo(data.AsSpan(count));
            input.Consume(taken);
            count += taken;
        }

        return await TakeCommaAsync(stop) ? data : null;
    }

    /// <summary>The next byte, which stays unread.</summary>
    /// <inheritdoc cref="ReadLengthAsync"/>
    public async ValueTask<byte> PeekAsync(CancellationToken stop)
    {
        if (input.Available.IsEmpty && !await input.FillAsync(stop))
        {
            throw new EndOfStreamException("Connection lost");
        }

        return input.Available[0];
    }

    /// <summary>Takes the comma that ends a netstring.</summary>
    /// <inheritdoc cref="ReadLengthAsync"/>
    public async ValueTask<bool> TakeCommaAsync(CancellationToken stop)
    {
        if (await PeekAsync(stop) != ',')
        {
            Problem = Malformed;
            return false;
        }

        input.Consume(1);
        return true;
    }
}
