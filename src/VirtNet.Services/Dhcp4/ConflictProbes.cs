using VirtNet.Model;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// Finds out whether somebody uses an address before a new client gets it: one ARP probe, and whoever asked for the
/// address waits <see cref="Wait"/> for an answer. On a virtual network answers take some ten microseconds, so this is
/// generous, and an answer that comes later still counts until the client has its acknowledgement: it is refused then.
/// A silent address is not asked about again for a while. The address is chosen by the client's MAC, so it cannot be
/// known (and probed) before the client is; addresses that are reserved or leased are not probed at all.
/// </summary>
internal sealed class ConflictProbes(TimeProvider clock)
{
    public static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan SilenceHolds = TimeSpan.FromSeconds(30);

    /// <summary>Messages about one address that wait at once: its client's repetitions, and few others' wishes.</summary>
    private const int MaxWaiting = 8;

    private readonly Dictionary<uint, Probe> _running = [];
    private readonly Queue<Probe> _runningInOrder = new();
    private readonly Dictionary<uint, Silence> _silent = [];
    private readonly Queue<uint> _silentInOrder = new();

    /// <summary>Whether probes are waiting for an answer.</summary>
    public bool IsRunning => _runningInOrder.Count > 0;

    /// <summary>When the first of them is over; only while <see cref="IsRunning"/>.</summary>
    public TimeSpan NextDue => Wait - clock.GetElapsedTime(_runningInOrder.Peek().Started);

    public bool IsSilent(uint address) =>
        _silent.TryGetValue(address, out Silence silence) && clock.GetElapsedTime(silence.Since) < SilenceHolds;

    /// <summary>Takes an address for a silent one for a while, whoever answers for it.</summary>
    public void Disregard(uint address) => NoteSilent(address, isDeaf: true);

    /// <summary>Makes a message wait for what a probe of the address finds.</summary>
    /// <param name="isNew">Whether the caller has to send the probe; else one is under way.</param>
    /// <returns>False when too many wait for this address already.</returns>
    public bool TryPark(uint address, ParkedMessage message, out bool isNew)
    {
        isNew = !_running.TryGetValue(address, out Probe? probe);
        if (isNew)
        {
            probe = new Probe(address, clock.GetTimestamp());
            _running[address] = probe;
            _runningInOrder.Enqueue(probe);
        }
        else if (probe!.Waiting.Count >= MaxWaiting)
        {
            return false;
        }

        probe!.Waiting.Add(message);
        return true;
    }

    /// <summary>Ends one probe whose time is over without an answer; null when there is none.</summary>
    public IReadOnlyList<ParkedMessage>? TakeSilent()
    {
        while (_runningInOrder.TryPeek(out Probe? probe) && (probe.Answered || clock.GetElapsedTime(probe.Started) >= Wait))
        {
            _runningInOrder.Dequeue();
            if (!probe.Answered)
            {
                _running.Remove(probe.Address);
                NoteSilent(probe.Address);
                return probe.Waiting;
            }
        }

        return null;
    }

    /// <summary>Ends the probe of an address that was answered.</summary>
    /// <param name="waiting">Who waits for it; nobody if the answer came late.</param>
    /// <returns>Whether the answer has to do with a probe of ours at all.</returns>
    public bool TakeAnswer(uint address, MacAddress sender, out IReadOnlyList<ParkedMessage> waiting)
    {
        waiting = [];
        if (_running.Remove(address, out Probe? probe))
        {
            probe.Answered = true;
            waiting = probe.Waiting;
            if (probe.Waiting.Exists(message => message.Client == sender))
            {
                NoteSilent(address); // the client has it already: nobody else does
            }

            return true;
        }

        if (!IsSilent(address) || _silent[address].IsDeaf)
        {
            return false;
        }

        _silent.Remove(address);
        return true;
    }

    private void NoteSilent(uint address, bool isDeaf = false)
    {
        if (_silent.TryAdd(address, default))
        {
            _silentInOrder.Enqueue(address);
        }

        _silent[address] = new Silence(clock.GetTimestamp(), isDeaf);
        while (_silentInOrder.TryPeek(out uint oldest) && oldest != address && !IsSilent(oldest))
        {
            _silentInOrder.Dequeue();
            _silent.Remove(oldest);
        }
    }

    /// <param name="IsDeaf">Answers that come now do not count.</param>
    private readonly record struct Silence(long Since, bool IsDeaf);

    private sealed class Probe(uint address, long started)
    {
        public uint Address { get; } = address;

        public long Started { get; } = started;

        public List<ParkedMessage> Waiting { get; } = new(1);

        public bool Answered { get; set; }
    }
}

/// <summary>A message that waits, as it came.</summary>
/// <param name="Attempt">How many addresses were found in use for it so far.</param>
internal sealed record ParkedMessage(
    byte[] Datagram, uint Source, ushort SourcePort, bool Unicast, MacAddress Client, int Attempt);
