namespace Mta.Cleanup;

/// <summary>What a check wants done with the line it was shown.</summary>
internal enum CheckVerdict
{
    Keep,
    Remove,

    /// <summary>Write <see cref="CheckOutcome.Text"/> instead.</summary>
    Replace,

    /// <summary>Write <see cref="CheckOutcome.Text"/> before the line.</summary>
    Prepend,
}

/// <summary>The outcome of one check; its effects on the message as a whole are done already.</summary>
internal readonly record struct CheckOutcome(CheckVerdict Verdict, string Text = "");
