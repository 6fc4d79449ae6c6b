using Mta.Text;

namespace Mta.Smtp;

/// <summary>The master.cf argument <c>flags=</c>: headers to put in front of the content, and whose delivery it is.</summary>
/// <param name="DeliveredTo">D: a Delivered-To header, which also finds mail loops.</param>
/// <param name="OriginalTo">O: an X-Original-To header.</param>
/// <param name="ReturnPath">R: a Return-Path header.</param>
/// <param name="IsFinal">X: this is final delivery, as delivery reports see it.</param>
internal sealed record HeaderFlags(bool DeliveredTo, bool OriginalTo, bool ReturnPath, bool IsFinal)
{
    /// <summary>D and O write a recipient into the message, so there can be one only.</summary>
    public bool NeedsOneRecipient => DeliveredTo || OriginalTo;

    /// <exception cref="FatalException">An argument or a flag is unknown.</exception>
    public static HeaderFlags Parse(IReadOnlyList<string> arguments)
    {
        HeaderFlags flags = new(false, false, false, false);
        foreach (string argument in arguments)
        {
            if (!argument.StartsWith("flags=", StringComparison.Ordinal))
            {
                throw new FatalException($"unexpected command-line argument: {Printable.Neutralize(argument)}");
            }

            foreach (char flag in argument.AsSpan(6))
            {
                flags = flag switch
                {
                    'D' => flags with { DeliveredTo = true },
                    'O' => flags with { OriginalTo = true },
                    'R' => flags with { ReturnPath = true },
                    'X' => flags with { IsFinal = true },
                    _ => throw new FatalException($"unknown flag: {Printable.Neutralize(flag.ToString())} in \"{Printable.Neutralize(argument)}\""),
                };
            }
        }

        return flags;
    }
}
