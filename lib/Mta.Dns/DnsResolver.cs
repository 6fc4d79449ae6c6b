using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Mta.Dns.Native;
using Mta.Linux;
using Mta.Text;

namespace Mta.Dns;

/// <summary>
/// The resolver of a process: libunbound with its own thread, cache and, where asked for, DNSSEC validation. Make it
/// before the root directory changes; it reads resolv.conf and the trust anchor then, and nothing later. One per
/// process; lives as long.
/// </summary>
public sealed class DnsResolver : IDnsResolver, IDisposable
{
    // More records than any mail domain has; what is beyond is dropped.
    private const int MaxRecords = 100;
    private const int InternetClass = 1;
    private const int ServerFailure = 2;
    private const int NameUnknown = 3;

    private static readonly ConcurrentDictionary<nint, Question> Open = new();
    private static long _nextKey;

    private readonly DnsSettings _settings;
    private readonly SemaphoreSlim _turns;
    private readonly EventFd _wake = new();
    private readonly nint _context;
    private readonly Thread _thread;
    private volatile bool _isDisposed;

    /// <exception cref="DnsException">libunbound is missing or refuses a setting.</exception>
    public DnsResolver(DnsSettings settings)
    {
        _settings = settings;
        _turns = new SemaphoreSlim(settings.MaxConcurrent);
        try
        {
            _context = Unbound.ub_ctx_create();
        }
        catch (DllNotFoundException failure)
        {
            throw new DnsException($"libunbound: {failure.Message}");
        }

        if (_context == 0)
        {
            throw new DnsException("libunbound: cannot create a context");
        }

        SetUp();
        _thread = new Thread(Process, 256 * 1024) { Name = "dns", IsBackground = true };
        _thread.Start();
    }

    public async ValueTask<DnsAnswer> LookupAsync(string name, DnsRecordType type, CancellationToken stop)
    {
        if (!IsPossible(name))
        {
            return new DnsAnswer(name, type, DnsStatus.InvalidName);
        }

        long deadline = Environment.TickCount64 + (long)_settings.Timeout.TotalMilliseconds;
        if (!await _turns.WaitAsync(_settings.Timeout, stop))
        {
            return new DnsAnswer(name, type, DnsStatus.Temporary);
        }

        Question question = new(name, type, (nint)Interlocked.Increment(ref _nextKey));
        try
        {
            if (!Ask(question))
            {
                return new DnsAnswer(name, type, DnsStatus.Temporary);
            }

            TimeSpan left = TimeSpan.FromMilliseconds(Math.Max(1, deadline - Environment.TickCount64));
            return await question.Task.WaitAsync(left, stop);
        }
        catch (TimeoutException)
        {
            return new DnsAnswer(name, type, DnsStatus.Temporary);
        }
        finally
        {
            if (Open.TryRemove(question.Key, out _))
            {
                _ = Unbound.ub_cancel(_context, question.Id);
            }

            _turns.Release();
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _wake.Signal();
        _thread.Join();
        Unbound.ub_ctx_delete(_context);
        _wake.Dispose();
        _turns.Dispose();
    }

    // What cannot be asked at all; whether it is a host name is for callers to judge.
    private static bool IsPossible(string name)
    {
        if (name.Length is 0 or > 254)
        {
            return false;
        }

        int label = 0;
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (c == '.')
            {
                if (label == 0)
                {
                    return false;
                }

                label = 0;
            }
            else if (c is <= ' ' or >= '\x7f' or '\\' || ++label > 63)
            {
                return false;
            }
        }

        return true;
    }

    [UnmanagedCallersOnly]
    private static unsafe void Answered(nint key, int error, Unbound.Result* result)
    {
        try
        {
            if (Open.TryRemove(key, out Question? question))
            {
                question.Complete(error != 0 || result == null
                    ? new DnsAnswer(question.Name, question.Type, DnsStatus.Temporary)
                    : Read(question, *result));
            }
        }
        catch (Exception)
        {
            // Nothing may pass into C. The asker's time runs out.
        }
        finally
        {
            if (result != null)
            {
                Unbound.ub_resolve_free(result);
            }
        }
    }

    private static unsafe DnsAnswer Read(Question question, in Unbound.Result result)
    {
        DnsAnswer answer = new(question.Name, question.Type, DnsStatus.Ok)
        {
            IsSecure = result.IsSecure != 0,
            IsBogus = result.IsBogus != 0,
            TimeToLive = TimeSpan.FromSeconds(Math.Max(0, result.TimeToLive)),
            CanonicalName = CanonicalName(question.Name, result.CanonicalName),
        };
        if (answer.IsBogus || result.ResponseCode == ServerFailure)
        {
            return answer with { Status = DnsStatus.Temporary };
        }

        if (result.IsNameUnknown != 0 || result.ResponseCode == NameUnknown)
        {
            return answer with { Status = DnsStatus.NotFound };
        }

        if (result.ResponseCode != 0)
        {
            return answer with { Status = DnsStatus.Refused };
        }

        if (result.HasData == 0)
        {
            return answer with { Status = DnsStatus.NoData };
        }

        List<DnsRecord> records = [];
        for (int i = 0; i < MaxRecords && result.Data[i] != null; i++)
        {
            ReadOnlySpan<byte> data = new(result.Data[i], Math.Clamp(result.Lengths[i], 0, 65535));
            if (RecordParser.TryParse(question.Type, data, out DnsRecord? record))
            {
                records.Add(record);
            }
        }

        return records.Count == 0
            ? answer with { Status = DnsStatus.Malformed }
            : answer with { Records = records };
    }

    private static unsafe string CanonicalName(string name, byte* canonical)
    {
        if (canonical == null)
        {
            return name;
        }

        string text = ByteString.FromBytes(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(canonical)).TrimEnd('.');
        return text.Length is > 0 and < 256 ? text : name;
    }

    private void SetUp()
    {
        // A stub that does not validate asks one server; caches stay small, since many processes have one.
        Set("do-not-query-localhost:", "no");
        Set("msg-cache-size:", "1m");
        Set("rrset-cache-size:", "1m");
        Set("key-cache-size:", "512k");
        Set("neg-cache-size:", "256k");
        Set("outgoing-range:", "256");
        Set("num-queries-per-thread:", "256");
        Set("val-log-level:", "0");
        if (_settings.ForwardAddress.Length > 0)
        {
            Check(Unbound.ub_ctx_set_fwd(_context, _settings.ForwardAddress), $"dns_forward_address {_settings.ForwardAddress}");
        }
        else if (Unbound.ub_ctx_resolvconf(_context, _settings.ResolverFile) != 0)
        {
            // resolv.conf(5): without the file, the server is this machine.
            Check(Unbound.ub_ctx_set_fwd(_context, "127.0.0.1"), "forward to 127.0.0.1");
        }

        if (_settings.ValidatesDnssec)
        {
            Check(Unbound.ub_ctx_add_ta_file(_context, _settings.TrustAnchorFile), $"trust anchor {_settings.TrustAnchorFile}");
        }

        Check(Unbound.ub_ctx_async(_context, 1), "asynchronous mode");

        // Built-in empty zones of libunbound: what the server says of these names counts.
        foreach (string zone in (ReadOnlySpan<string>)["test.", "invalid.", "home.arpa."])
        {
            _ = Unbound.ub_ctx_zone_add(_context, zone, "transparent");
        }
    }

    private void Set(string option, string value) => Check(Unbound.ub_ctx_set_option(_context, option, value), option);

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new DnsException($"libunbound: {what}: {Unbound.Text(error)}");
        }
    }

    private unsafe bool Ask(Question question)
    {
        Span<byte> name = stackalloc byte[256];
        ByteString.CopyTo(question.Name, name);
        name[question.Name.Length] = 0;
        Open[question.Key] = question;
        int id = 0;
        fixed (byte* pointer = name)
        {
            if (Unbound.ub_resolve_async(_context, pointer, (int)question.Type, InternetClass, question.Key, &Answered, &id) != 0)
            {
                Open.TryRemove(question.Key, out _);
                return false;
            }
        }

        question.Id = id;
        return true;
    }

    private void Process()
    {
        int descriptor = Unbound.ub_fd(_context);
        Span<PollEntry> entries = [new PollEntry(descriptor, PollEvents.Input), new PollEntry(_wake.Descriptor, PollEvents.Input)];
        while (!_isDisposed)
        {
            Posix.Poll(entries, -1);
            if (entries[0].Returned != 0 && Unbound.ub_process(_context) != 0)
            {
                // Every open question runs into its time limit; a pause keeps this thread from spinning.
                Thread.Sleep(100);
            }
        }
    }

    private sealed class Question(string name, DnsRecordType type, nint key)
    {
        private readonly TaskCompletionSource<DnsAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => name;

        public DnsRecordType Type => type;

        public nint Key => key;

        public int Id { get; set; }

        public Task<DnsAnswer> Task => _answer.Task;

        public void Complete(DnsAnswer answer) => _answer.TrySetResult(answer);
    }
}
