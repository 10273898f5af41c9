using VirtNet.Cli.Libvirt;
using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Takeover;

/// <summary>What is to be done with the stub of a network.</summary>
internal enum StubStep
{
    Nothing,

    /// <summary>libvirt has none yet.</summary>
    Make,

    /// <summary>It is not what the network is now.</summary>
    Update,

    /// <summary>The network was started: guests can start with it.</summary>
    Start,

    /// <summary>The network was stopped: guests cannot.</summary>
    Stop,

    /// <summary>Somebody stopped it in libvirt.</summary>
    LeaveStopped,

    /// <summary>Somebody undefined it in libvirt.</summary>
    LeaveUndefined,

    /// <summary>libvirt has a network of its own by that name.</summary>
    LeaveForeign,
}

/// <summary>A network on a bridge of its own, and what libvirt has in its place.</summary>
/// <param name="Runs">Whether virtnetd runs it now.</param>
/// <param name="Present">libvirt's definition by that name; null = none.</param>
/// <param name="IsRunThere">Whether libvirt takes it for active.</param>
/// <param name="Record">Of a stub that was made before; null = there was none.</param>
internal sealed record StubCase(NetworkDefinition Network, bool Runs, string? Present, bool IsRunThere, StubRecord? Record)
{
    /// <summary>What follows from all that.</summary>
    public StubStep Step { get; } = Decide(Network, Runs, Present, IsRunThere, Record);

    /// <summary>libvirt writes anew what its clients change: what counts is what it says.</summary>
    public bool IsOutdated => Present is null || IsOutdatedOf(Network, Present);

    /// <summary>Whether libvirt's definition is a stub of this network, whatever the network is now.</summary>
    public static bool IsStubOf(Guid uuid, string definition) => Read(definition) is { } present && Stub.Is(present) && present.Uuid == uuid;

    /// <summary>Whether libvirt's definition is a stub that was made here, of whatever network.</summary>
    /// <param name="known">UUIDs of networks that have had stubs, by which those are told that libvirt wrote anew.</param>
    public static bool IsStub(string definition, IEnumerable<Guid> known) => Read(definition) is { Uuid: { } uuid } present && Stub.Is(present)
        && (Stub.Bears(definition) || known.Contains(uuid));

    private static StubStep Decide(NetworkDefinition network, bool runs, string? present, bool isRunThere, StubRecord? record)
    {
        if (present is null)
        {
            return record is not null ? StubStep.LeaveUndefined
                : !runs ? StubStep.Nothing
                : isRunThere ? StubStep.LeaveForeign : StubStep.Make;
        }

        if (!IsStubOf(network.Uuid!.Value, present) || (record is null && !Stub.Bears(present)))
        {
            return runs ? StubStep.LeaveForeign : StubStep.Nothing;
        }

        return runs && !isRunThere ? record is { Ran: true } ? StubStep.LeaveStopped : StubStep.Start
            : !runs && isRunThere ? StubStep.Stop
            : IsOutdatedOf(network, present) ? StubStep.Update
            : StubStep.Nothing;
    }

    private static bool IsOutdatedOf(NetworkDefinition network, string definition) => Read(definition) is not { } present
        || NetworkXml.Format(present) != NetworkXml.Format(NetworkXml.Parse(Stub.Definition(network)).Definition);

    private static NetworkDefinition? Read(string definition)
    {
        try
        {
            return NetworkXml.Parse(definition).Definition;
        }
        catch (VirtNetException)
        {
            return null;
        }
    }
}
