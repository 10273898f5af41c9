using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Nft;

/// <summary>
/// The kernel by netlink messages of our own: an element costs microseconds, however many there are. Made in a network
/// namespace, it stays there.
/// </summary>
/// <param name="table">The table; null = that of networks' rules.</param>
internal sealed class NftKernel(NftTable? table = null) : INftKernel, IDisposable
{
    private const int NoSuchEntry = 2; // ENOENT
    private const int BytesForElement = 256;
    private const int BytesForChain = 128;
    private const int Attempts = 8;

    /// <summary>Each is a question by itself: beyond so many one for all is cheaper.</summary>
    private const int MostChains = 64;
    private const uint Dormant = 1; // NFT_TABLE_F_DORMANT
    private const byte CommentType = 0; // NFTNL_UDATA_RULE_COMMENT

    private readonly NftTable _table = table ?? NftTable.Networks;
    private Socket? _socket = NetlinkSocket.OpenForFirewall();
    private readonly byte[] _buffer = new byte[NetlinkSocket.DatagramLimit];
    private readonly Lock _lock = new();

    private delegate void Reader(in NetlinkMessage message);

    public void Dispose() => _socket?.Dispose();

    public NftTableState? ReadTable(IReadOnlyCollection<string>? chains = null)
    {
        bool? dormant = null;
        NetlinkWriter request = new(stackalloc byte[128]);
        NfTablesRequests.WriteGet(ref request, NfTables.GetTable, _table.FamilyNumber, _table.Name);
        Ask(request, (in message) => dormant = (UInt32(Find(message, NfTables.TableFlags)) & Dormant) != 0);
        if (dormant is not { } asleep)
        {
            return null;
        }

        Dictionary<string, NftHook> hooks = ReadHooks(_table.BaseChains);
        Dictionary<string, IReadOnlyList<string>> comments = [];
        if (chains is null || chains.Count > MostChains)
        {
            ReadComments(chain: "", comments);
        }
        else
        {
            foreach (string chain in chains)
            {
                ReadComments(chain, comments);
            }
        }

        return new NftTableState(asleep, hooks, comments);
    }

    public IReadOnlyList<string> ListSets()
    {
        List<string> names = [];
        NetlinkWriter request = new(stackalloc byte[128]);
        NfTablesRequests.WriteGet(ref request, NfTables.GetSet, _table.FamilyNumber, _table.Name, dump: true);
        Dump(request, names.Clear, (in message) =>
        {
            if (Text(Find(message, NfTables.TableName)) == _table.Name)
            {
                names.Add(Text(Find(message, NfTables.SetName)));
            }
        });
        return names;
    }

    public IReadOnlyList<NftElement> List(string set)
    {
        List<NftElement> elements = [];
        NetlinkWriter request = new(stackalloc byte[256]);
        NfTablesRequests.WriteList(ref request, _table.FamilyNumber, _table.Name, set);
        Dump(request, elements.Clear, (in message) => Read(message, elements));
        return elements;
    }

    public IReadOnlyList<NftElement> Find(IReadOnlyCollection<NftElement> elements)
    {
        List<NftElement> found = [];
        foreach (NftElement[] part in elements.Chunk(64)) // the answers wait in the socket's buffer
        {
            NetlinkWriter request = new(new byte[part.Length * BytesForElement]);
            foreach (NftElement element in part)
            {
                Write(ref request, NfTables.GetElement, element with { Value = "" });
            }

            Ask(request, (in message) => Read(message, found));
        }

        return found;
    }

    public IReadOnlyDictionary<NftElement, ulong> Count(IReadOnlyCollection<NftElement> elements)
    {
        Dictionary<NftElement, ulong> counted = [];
        foreach (NftElement[] part in elements.Chunk(64))
        {
            NetlinkWriter request = new(new byte[part.Length * BytesForElement]);
            foreach (NftElement element in part)
            {
                Write(ref request, NfTables.GetElement, element with { Value = "" });
            }

            Ask(request, (in message) => Read(message, (element, packets) =>
            {
                if (packets is { } many)
                {
                    counted[element] = many;
                }
            }));
        }

        return counted;
    }

    public void Change(IReadOnlyCollection<NftElement> removed, IReadOnlyCollection<NftElement> added)
    {
        if (removed.Count == 0 && added.Count == 0)
        {
            return;
        }

        NetlinkWriter batch = new(new byte[(removed.Count + added.Count + 1) * BytesForElement]);
        NfTablesRequests.WriteBatchBegin(ref batch);
        int left = removed.Count + added.Count;
        foreach (NftElement element in removed)
        {
            Write(ref batch, NfTables.DeleteElement, element with { Value = "" }, acknowledge: --left == 0);
        }

        foreach (NftElement element in added)
        {
            Write(ref batch, NfTables.NewElement, element, acknowledge: --left == 0);
        }

        NfTablesRequests.WriteBatchEnd(ref batch);
        int errno = Exchange(batch, expected: 1, (in _) => { }, isBatch: true); // an answer each would not fit into the socket's buffer
        if (errno != 0)
        {
            string script = string.Concat(
                removed.Select(element => $"delete element {_table} {element.Set} {{ {element} }}\n")
                    .Concat(added.Select(element => $"add element {_table} {element.Set} {{ {element} }}\n")));
            throw new HostCommandException(
                new HostCommand(NftProgram.Program, ["-f", "-"], script), exitCode: 1,
                $"Error: Could not process rule: {Marshal.GetPInvokeErrorMessage(errno)}");
        }
    }

    /// <param name="chain">Empty = all.</param>
    private void ReadComments(string chain, Dictionary<string, IReadOnlyList<string>> comments)
    {
        Dictionary<string, IReadOnlyList<string>> found = [];
        NetlinkWriter request = new(stackalloc byte[256]);
        NfTablesRequests.WriteGet(ref request, NfTables.GetRule, _table.FamilyNumber, _table.Name, chain, dump: true);
        Dump(request, found.Clear, (in message) =>
        {
            string holder = Text(Find(message, NfTables.RuleChain));
            if (!found.TryGetValue(holder, out IReadOnlyList<string>? list))
            {
                found.Add(holder, list = new List<string>());
            }

            ((List<string>)list).Add(CommentIn(Find(message, NfTables.RuleUserData)));
        });
        foreach ((string holder, IReadOnlyList<string> list) in found)
        {
            comments[holder] = list;
        }
    }

    /// <summary>All in one message: each question by itself costs a start more than the answers do.</summary>
    private Dictionary<string, NftHook> ReadHooks(IReadOnlyList<string> chains)
    {
        Dictionary<string, NftHook> hooks = [];
        NetlinkWriter request = new(new byte[chains.Count * BytesForChain]);
        foreach (string chain in chains)
        {
            NfTablesRequests.WriteGet(ref request, NfTables.GetChain, _table.FamilyNumber, _table.Name, chain);
        }

        Ask(request, (in message) =>
        {
            ReadOnlySpan<byte> place = Find(message, NfTables.ChainHook);
            if (!place.IsEmpty)
            {
                hooks[Text(Find(message, NfTables.ChainName))] = new NftHook(
                    (int)UInt32(NetlinkAttributes.Find(place, NfTables.HookNumber)),
                    (int)UInt32(NetlinkAttributes.Find(place, NfTables.HookPriority)),
                    UInt32(Find(message, NfTables.ChainPolicy)) == 1); // NF_ACCEPT
            }
        });
        return hooks;
    }

    private void Write(ref NetlinkWriter writer, int type, NftElement element, bool acknowledge = true) => NfTablesRequests.WriteElement(
        ref writer, type, _table.FamilyNumber, _table.Name, element.Set, Convert.FromHexString(element.Key), Convert.FromHexString(element.End),
        Convert.FromHexString(element.Value), element.Chain ?? "", acknowledge);

    /// <summary>Questions that have one answer each, or none: what does not exist is left out.</summary>
    private void Ask(in NetlinkWriter request, Reader read)
    {
        int errno = Exchange(request, request.MessageCount, read);
        if (errno is not (0 or NoSuchEntry))
        {
            throw new IOException($"nftables does not answer: {Marshal.GetPInvokeErrorMessage(errno)}");
        }
    }

    /// <summary>A dump that the kernel calls inconsistent (something changed meanwhile) is taken again.</summary>
    private void Dump(in NetlinkWriter request, Action restart, Reader read)
    {
        for (int attempt = 1; ; attempt++)
        {
            bool interrupted = false;
            int errno = Exchange(request, expected: 0, (in message) =>
            {
                interrupted |= (message.Flags & NetlinkFlags.DumpInterrupted) != 0;
                if (message.Type != NetlinkType.Done)
                {
                    read(message);
                }
            });
            if (errno == NoSuchEntry || (errno == 0 && !interrupted))
            {
                return; // or there is no such table or set
            }

            if (attempt == Attempts)
            {
                throw new IOException("nftables does not say what it holds: it keeps changing");
            }

            restart();
        }
    }

    /// <param name="expected">How many acknowledgements end the answer; 0 = it is a dump.</param>
    /// <param name="isBatch">Its first message is acknowledged only where the whole batch is refused.</param>
    /// <returns>The first error.</returns>
    private int Exchange(in NetlinkWriter request, int expected, Reader read, bool isBatch = false)
    {
        if (request.Overflowed)
        {
            throw new InvalidOperationException("a netlink request is larger than its buffer");
        }

        lock (_lock)
        {
            Socket socket = _socket ??= NetlinkSocket.OpenForFirewall();
            try
            {
                socket.Send(request.Written);
                int first = 0;
                int left = expected;
                while (true)
                {
                    int length = socket.Receive(_buffer);
                    foreach (NetlinkMessage message in new NetlinkMessages(_buffer.AsSpan(0, length)))
                    {
                        if (message.Type == NetlinkType.Error)
                        {
                            first = first == 0 ? message.Errno : first;
                            left = isBatch && message.Sequence == 1 ? 0 : left - 1;
                        }
                        else
                        {
                            read(message);
                        }

                        if (message.Type == NetlinkType.Done || (message.Type == NetlinkType.Error && left <= 0))
                        {
                            Drain(socket);
                            return message.Type == NetlinkType.Done && first == 0 ? message.Errno : first;
                        }
                    }
                }
            }
            catch (SocketException e)
            {
                socket.Dispose(); // a late answer must not be taken for that of the next request
                _socket = null;
                throw new IOException($"the kernel's netlink interface failed: {e.Message}", e);
            }
        }
    }

    /// <summary>After a batch that failed as a whole there may be more to read: it must not be taken for the next answer.</summary>
    private void Drain(Socket socket)
    {
        while (socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            socket.Receive(_buffer);
        }
    }

    private static void Read(in NetlinkMessage message, List<NftElement> elements) =>
        Read(message, (element, _) => elements.Add(element));

    /// <param name="take">Told of each element, and how many packets found it, where it counts them.</param>
    private static void Read(in NetlinkMessage message, Action<NftElement, ulong?> take)
    {
        string set = Text(Find(message, NfTables.SetName));
        bool chains = NftSet.Named(set)?.Value == NftValue.PublishedChain;
        foreach (NetlinkAttribute element in new NetlinkAttributes(Find(message, NfTables.Elements)))
        {
            ReadOnlySpan<byte> key = NfTables.DataIn(element, NfTables.ElementKey);
            if (key.IsEmpty)
            {
                continue;
            }

            NftElement read = new(
                set, Convert.ToHexString(key), Convert.ToHexString(NfTables.DataIn(element, NfTables.ElementData)),
                Convert.ToHexString(NfTables.DataIn(element, NfTables.ElementKeyEnd)));
            take(chains ? read.ToChain(NfTables.ChainIn(element)) : read, NfTables.PacketsIn(element));
        }
    }

    private static ReadOnlySpan<byte> Find(in NetlinkMessage message, int type) =>
        message.Payload.Length < NfTables.HeaderLength ? [] : NetlinkAttributes.Find(message.Payload[NfTables.HeaderLength..], type);

    private static uint UInt32(ReadOnlySpan<byte> value) =>
        value.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(value) : 0;

    private static string Text(ReadOnlySpan<byte> value) => System.Text.Encoding.UTF8.GetString(value.TrimEnd((byte)0));

    /// <summary>Of what programs attach to a rule (types, lengths, values) the comment.</summary>
    private static string CommentIn(ReadOnlySpan<byte> data)
    {
        while (data.Length >= 2 && data.Length >= 2 + data[1])
        {
            if (data[0] == CommentType)
            {
                return Text(data.Slice(2, data[1]));
            }

            data = data[(2 + data[1])..];
        }

        return "";
    }
}
