using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Result of our own GET_STATUS.</summary>
internal sealed record StatusResult(DaemonStatus Status) : IXdrMessage<StatusResult>
{
    /// <summary>An empty text.</summary>
    private const int MinTextSize = 4;

    /// <summary>An empty name and a number.</summary>
    private const int MinCounterSize = 12;

    /// <summary>A network without a name, a number and an empty text.</summary>
    private const int MinTroubleSize = 28;

    public static StatusResult Read(ref XdrReader reader) => new(new DaemonStatus
    {
        Version = reader.ReadString(RpcLimits.String),
        Since = Moment(reader.ReadInt64()),
        Firewall = reader.ReadString(RpcLimits.String),
        OtherFirewalls = ReadTexts(ref reader),
        Networks = reader.ReadUInt32(),
        ActiveNetworks = reader.ReadUInt32(),
        Clients = reader.ReadUInt32(),
        AreLeasesStored = reader.ReadInt32() != 0,
        Repairs = ReadCounters(ref reader),
        Warnings = ReadTexts(ref reader),
        Troubles = ReadTroubles(ref reader),
        TroubledNetworks = reader.ReadUInt32(),
    });

    public void Write(ref XdrWriter writer)
    {
        writer.WriteString(Status.Version, RpcLimits.String);
        writer.WriteInt64(Status.Since.ToUnixTimeSeconds());
        writer.WriteString(Status.Firewall, RpcLimits.String);
        WriteTexts(ref writer, Status.OtherFirewalls);
        writer.WriteUInt32(Status.Networks);
        writer.WriteUInt32(Status.ActiveNetworks);
        writer.WriteUInt32(Status.Clients);
        writer.WriteInt32(Status.AreLeasesStored ? 1 : 0);
        writer.WriteCount(Status.Repairs.Count, RpcLimits.Counters);
        foreach (Counter repairs in Status.Repairs)
        {
            writer.WriteString(repairs.Name, RpcLimits.String);
            writer.WriteInt64(repairs.Value);
        }

        WriteTexts(ref writer, Status.Warnings);
        writer.WriteCount(Status.Troubles.Count, RpcLimits.Troubles);
        foreach (NetworkTrouble trouble in Status.Troubles)
        {
            writer.WriteNetwork(trouble.Network);
            writer.WriteInt32(trouble.IsActive ? 1 : 0);
            writer.WriteString(trouble.Text, RpcLimits.String);
        }

        writer.WriteUInt32(Status.TroubledNetworks);
    }

    /// <summary>What no clock says is the beginning of time.</summary>
    private static DateTimeOffset Moment(long seconds) =>
        seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;

    private static string[] ReadTexts(ref XdrReader reader)
    {
        string[] texts = new string[reader.ReadCount(RpcLimits.Warnings, MinTextSize)];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.ReadString(RpcLimits.String);
        }

        return texts;
    }

    private static Counter[] ReadCounters(ref XdrReader reader)
    {
        var counters = new Counter[reader.ReadCount(RpcLimits.Counters, MinCounterSize)];
        for (int i = 0; i < counters.Length; i++)
        {
            counters[i] = new Counter(Name: reader.ReadString(RpcLimits.String), Value: reader.ReadInt64());
        }

        return counters;
    }

    private static NetworkTrouble[] ReadTroubles(ref XdrReader reader)
    {
        var troubles = new NetworkTrouble[reader.ReadCount(RpcLimits.Troubles, MinTroubleSize)];
        for (int i = 0; i < troubles.Length; i++)
        {
            troubles[i] = new NetworkTrouble(
                reader.ReadNetwork(), IsActive: reader.ReadInt32() != 0, Text: reader.ReadString(RpcLimits.String));
        }

        return troubles;
    }

    private static void WriteTexts(ref XdrWriter writer, IReadOnlyList<string> texts)
    {
        writer.WriteCount(texts.Count, RpcLimits.Warnings);
        foreach (string text in texts)
        {
            writer.WriteString(text, RpcLimits.String);
        }
    }
}
