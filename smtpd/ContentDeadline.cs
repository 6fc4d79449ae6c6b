namespace Mta.Smtpd;

/// <summary>
/// With <c>smtpd_per_request_deadline</c>, the moment by which a message must have come; it moves with the bytes
/// received, at <c>smtpd_min_data_rate</c>. Without it every read has the whole <c>smtpd_timeout</c>.
/// </summary>
internal readonly struct ContentDeadline : IDisposable
{
    private readonly Session _session;

    public ContentDeadline(Session session)
    {
        _session = session;
        if (session.Settings.PerRequestDeadline)
        {
            session.Input.Deadline = Environment.TickCount64 + (long)session.Settings.Timeout.TotalMilliseconds;
        }
    }

    /// <summary>Bytes came in.</summary>
    public void Extend(int bytes)
    {
        if (_session.Settings.PerRequestDeadline)
        {
            long most = Environment.TickCount64 + (long)_session.Settings.Timeout.TotalMilliseconds;
            _session.Input.Deadline = Math.Min(most, _session.Input.Deadline + (bytes * 1000L / _session.Settings.MinDataRate));
        }
    }

    public void Dispose() => _session.Input.Deadline = 0;
}
