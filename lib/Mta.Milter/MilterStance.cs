using Mta.Text;
using NLog;

namespace Mta.Milter;

/// <summary>What a filter still wants of a session.</summary>
internal enum MilterState
{
    /// <summary>Not connected yet.</summary>
    Idle,

    /// <summary>Wants to hear of events.</summary>
    Active,

    /// <summary>Has accepted or discarded this message.</summary>
    MessageDone,

    /// <summary>Has accepted this session, or has failed and is passed over.</summary>
    SessionDone,

    /// <summary>Has refused this session, or has failed: the standing verdict answers everything.</summary>
    Standing,
}

/// <summary>
/// Where one filter stands in one session: what its answers mean, and what its verdict is once it is not asked any more.
/// What a filter does wrong is logged here.
/// </summary>
internal sealed class MilterStance(MilterDefinition milter)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private MilterVerdict _standing;
    private MilterEvent? _skipped;

    public MilterState State { get; private set; } = MilterState.Idle;

    /// <summary>The filter has failed: its connection is of no use any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>What it says to everything that it is not asked about.</summary>
    public MilterVerdict Standing => State == MilterState.Standing ? _standing : MilterVerdict.Continue;

    public void Connected()
    {
        State = MilterState.Active;
        IsBroken = false;
    }

    /// <summary>The connection is over; a verdict that stands goes on standing.</summary>
    public void Disconnected()
    {
        if (State is MilterState.Active or MilterState.MessageDone)
        {
            State = MilterState.Idle;
        }
    }

    /// <summary>Whether the filter has asked not to hear of more of the same; another event ends that.</summary>
    public bool Skips(MilterEvent what)
    {
        bool isSkipped = what == _skipped;
        _skipped = isSkipped ? _skipped : null;
        return isSkipped;
    }

    /// <summary>The message is over.</summary>
    /// <returns>Whether the filter takes part in the next one.</returns>
    public bool EndMessage()
    {
        _skipped = null;
        State = State == MilterState.MessageDone ? MilterState.Active : State;
        return State == MilterState.Active;
    }

    /// <summary>What a letter that ends an exchange means, and what follows of it.</summary>
    /// <param name="what">The event that it answers.</param>
    /// <param name="data">What comes with the letter.</param>
    public MilterVerdict Judge(MilterEvent what, char letter, ReadOnlySpan<byte> data)
    {
        bool isSession = what is MilterEvent.Connect or MilterEvent.Helo;
        switch (letter)
        {
            case 'c':
                return MilterVerdict.Continue;
            case 's':
                _skipped = what;
                return MilterVerdict.Continue;
            case 'a':
                State = isSession ? MilterState.SessionDone : what == MilterEvent.Unknown ? State : MilterState.MessageDone;
                return MilterVerdict.Continue;
            case 'd' when isSession:
                Log.Warn($"milter {milter.Name}: DISCARD action is not allowed for connect or helo");
                return MilterVerdict.Continue;
            case 'd':
                State = what == MilterEvent.Unknown ? State : MilterState.MessageDone;
                return MilterVerdict.Discard;
            case 'r':
                return Refuse(isSession, "550 5.7.1 Command rejected");
            case 't':
                return Refuse(isSession, "451 4.7.1 Service unavailable - try again later");
            case '4':
                return Refuse(isSession: true, "421 4.7.0 Server closing connection");
            case 'y':
                return MilterReply.TryParse(data, out string reply) ? Refuse(isSession, reply) : Misbehaves($"malformed reply: {Printable.Neutralize(reply)}");
            default:
                return Fail($"milter {milter.Name}: unexpected filter response {MilterProtocol.ReplyName(letter)} after event {MilterProtocol.Name(what)}");
        }
    }

    /// <summary>The filter has failed: its default action is its verdict.</summary>
    public MilterVerdict Fail(string problem)
    {
        Log.Warn(Printable.Neutralize(problem));
        IsBroken = true;
        (State, _standing) = milter.DefaultAction switch
        {
            MilterDefaultAction.Accept => (MilterState.SessionDone, MilterVerdict.Continue),
            MilterDefaultAction.Reject => (MilterState.Standing, MilterVerdict.Reply("550 5.5.0 Service unavailable")),
            MilterDefaultAction.Quarantine => (MilterState.Standing, MilterVerdict.Hold),
            MilterDefaultAction.Shutdown => (MilterState.Standing, MilterVerdict.Reply("421 4.7.1 Service unavailable - try again later")),
            MilterDefaultAction.Tempfail => (MilterState.Standing, MilterVerdict.Reply("451 4.7.1 Service unavailable - try again later")),
        };
        return _standing;
    }

    /// <summary>The filter does what only a wrong set-up explains: not a matter of the default action.</summary>
    public MilterVerdict Misbehaves(string problem)
    {
        Log.Warn($"milter {milter.Name}: {problem}");
        IsBroken = true;
        State = MilterState.Standing;
        _standing = MilterVerdict.Reply("451 4.3.5 Server configuration problem - try again later");
        return _standing;
    }

    private MilterVerdict Refuse(bool isSession, string reply)
    {
        MilterVerdict verdict = MilterVerdict.Reply(reply);
        if (isSession)
        {
            State = MilterState.Standing;
            _standing = verdict;
        }

        return verdict;
    }
}
