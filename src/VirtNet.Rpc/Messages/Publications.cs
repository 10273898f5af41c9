using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own GET_PUBLICATIONS (11).</summary>
/// <param name="Network">Null = all active networks.</param>
internal sealed record GetPublicationsArguments(NetworkRef? Network, PublicationDetail Detail) : IXdrMessage<GetPublicationsArguments>
{
    public static GetPublicationsArguments Read(ref XdrReader reader) => new(
        Network: reader.ReadOptionalNetwork(),
        Detail: reader is { Failed: false, Remaining: 0 } ? PublicationDetail.All : (PublicationDetail)reader.ReadUInt32()); // earlier clients ask for all

    public void Write(ref XdrWriter writer)
    {
        writer.WriteOptionalNetwork(Network);
        writer.WriteUInt32((uint)Detail);
    }
}

/// <summary>Result of our own GET_PUBLICATIONS.</summary>
internal sealed record PublicationsResult(IReadOnlyList<PublicationInForce> Publications) : IXdrMessage<PublicationsResult>
{
    /// <summary>A network, seven absent strings, two truths, an absent number and three empty lists.</summary>
    private const int MinPublicationSize = NetworkXdr.MinNetworkSize + (13 * 4);

    /// <summary>Six absent strings or numbers, four numbers and an empty list.</summary>
    private const int MinTargetSize = 11 * 4;

    private const int MinStringSize = 4;

    public static PublicationsResult Read(ref XdrReader reader)
    {
        var publications = new PublicationInForce[reader.ReadCount(RpcLimits.Publications, MinPublicationSize)];
        for (int i = 0; i < publications.Length; i++)
        {
            publications[i] = new PublicationInForce(
                Network: reader.ReadNetwork(),
                Name: reader.ReadOptionalString(RpcLimits.String),
                Address: reader.ReadOptionalString(RpcLimits.String),
                Protocol: reader.ReadOptionalString(RpcLimits.String),
                Ports: reader.ReadOptionalString(RpcLimits.String),
                Ipv4: reader.ReadBoolean(),
                Ipv6: reader.ReadBoolean(),
                Connections: ReadNumber(ref reader),
                Targets: ReadTargets(ref reader),
                Warnings: ReadStrings(ref reader))
            {
                Interface = reader.ReadOptionalString(RpcLimits.String),
                From = ReadStrings(ref reader),
                Balance = reader.ReadOptionalString(RpcLimits.String),
                Check = reader.ReadOptionalString(RpcLimits.String),
            };
        }

        return new PublicationsResult(publications);
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteCount(Publications.Count, RpcLimits.Publications);
        foreach (PublicationInForce publication in Publications)
        {
            writer.WriteNetwork(publication.Network);
            writer.WriteOptionalString(publication.Name, RpcLimits.String);
            writer.WriteOptionalString(publication.Address, RpcLimits.String);
            writer.WriteOptionalString(publication.Protocol, RpcLimits.String);
            writer.WriteOptionalString(publication.Ports, RpcLimits.String);
            writer.WriteBoolean(publication.Ipv4);
            writer.WriteBoolean(publication.Ipv6);
            WriteNumber(ref writer, publication.Connections);
            writer.WriteCount(publication.Targets.Count, RpcLimits.PublicationTargets);
            foreach (PublicationTarget target in publication.Targets)
            {
                Write(ref writer, target);
            }

            WriteStrings(ref writer, publication.Warnings);
            writer.WriteOptionalString(publication.Interface, RpcLimits.String);
            WriteStrings(ref writer, publication.From);
            writer.WriteOptionalString(publication.Balance, RpcLimits.String);
            writer.WriteOptionalString(publication.Check, RpcLimits.String);
        }
    }

    private static PublicationTarget[] ReadTargets(ref XdrReader reader)
    {
        var targets = new PublicationTarget[reader.ReadCount(RpcLimits.PublicationTargets, MinTargetSize)];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = new PublicationTarget(
                Guest: reader.ReadOptionalString(RpcLimits.String),
                Host: reader.ReadBoolean(),
                Addresses: ReadStrings(ref reader),
                Ports: reader.ReadOptionalString(RpcLimits.String),
                Weight: reader.ReadUInt32(),
                Backup: reader.ReadBoolean(),
                State: (TargetState)reader.ReadInt32(),
                Reason: reader.ReadOptionalString(RpcLimits.String),
                Connections: ReadNumber(ref reader))
            {
                Open = ReadNumber(ref reader),
                Octets = ReadNumber(ref reader),
            };
        }

        return targets;
    }

    private static void Write(ref XdrWriter writer, PublicationTarget target)
    {
        writer.WriteOptionalString(target.Guest, RpcLimits.String);
        writer.WriteBoolean(target.Host);
        WriteStrings(ref writer, target.Addresses);
        writer.WriteOptionalString(target.Ports, RpcLimits.String);
        writer.WriteUInt32(target.Weight);
        writer.WriteBoolean(target.Backup);
        writer.WriteInt32((int)target.State);
        writer.WriteOptionalString(target.Reason, RpcLimits.String);
        WriteNumber(ref writer, target.Connections);
        WriteNumber(ref writer, target.Open);
        WriteNumber(ref writer, target.Octets);
    }

    private static string[] ReadStrings(ref XdrReader reader)
    {
        var strings = new string[reader.ReadCount(RpcLimits.PublicationTexts, MinStringSize)];
        for (int i = 0; i < strings.Length; i++)
        {
            strings[i] = reader.ReadString(RpcLimits.String);
        }

        return strings;
    }

    private static void WriteStrings(ref XdrWriter writer, IReadOnlyList<string> strings)
    {
        writer.WriteCount(strings.Count, RpcLimits.PublicationTexts);
        foreach (string text in strings)
        {
            writer.WriteString(text, RpcLimits.String);
        }
    }

    private static ulong? ReadNumber(ref XdrReader reader) => reader.ReadBoolean() ? reader.ReadUInt64() : null;

    private static void WriteNumber(ref XdrWriter writer, ulong? number)
    {
        writer.WriteBoolean(number is not null);
        if (number is { } known)
        {
            writer.WriteUInt64(known);
        }
    }
}
