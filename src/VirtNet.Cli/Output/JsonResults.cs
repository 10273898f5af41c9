using VirtNet.Model;

namespace VirtNet.Cli.Output;

// The results of commands in JSON. Their names and fields are an interface that scripts hold on to: see
// virtnet-json(5); within a version fields are added, never renamed, removed or given another meaning.

/// <param name="Code">libvirt's error number, 0 when the command itself failed.</param>
/// <param name="Cause">The server's message, null when the command itself failed.</param>
internal sealed record JsonError(string Message, int Code, int Domain, string? Cause, IReadOnlyList<string> Hints)
{
    public static JsonError Of(string message, VirtNetException? cause, IReadOnlyList<string> hints) =>
        new(message, (int)(cause?.Code ?? 0), (int)(cause?.Domain ?? 0), cause?.Message, hints);

    public JsonErrorRow ToRow() => new(Message, Code, Domain, Cause, Hints);
}

/// <summary>The same where the first column's name has to tell it from a result.</summary>
internal sealed record JsonErrorRow(string Error, int Code, int Domain, string? Cause, IReadOnlyList<string> Hints);

/// <summary>A network that something was done to.</summary>
internal sealed record JsonNetworkName(string Name, Guid Uuid);

/// <summary>The same where its definition was taken.</summary>
/// <param name="Warnings">What will not be as the definition says.</param>
internal sealed record JsonDefinedNetwork(string Name, Guid Uuid, IReadOnlyList<string> Warnings);

/// <summary>A network of libvirt that was brought in, or would be.</summary>
/// <param name="Uuid">Null where libvirt's file has none and nothing was done yet.</param>
/// <param name="Result">
/// <c>imported</c>, <c>planned</c> (a dry run), <c>taken-over</c>, <c>given-back</c>, <c>staying</c>: libvirt does not get it on the
/// way back, or <c>present</c>: it is here already.
/// </param>
/// <param name="Leases">How many were new.</param>
/// <param name="Differences">What virtnet does not do as libvirt does; on the way back, what libvirt does not do as virtnet did, or why it stays.</param>
/// <param name="Faults">What could not be read, and was left out: then the exit status is 1.</param>
internal sealed record JsonImportedNetwork(
    string Name,
    Guid? Uuid,
    string Result,
    bool Autostart,
    int Leases,
    IReadOnlyList<string> Differences,
    IReadOnlyList<string> Faults);

/// <summary>What was done with the stub of a network in libvirt, or would be.</summary>
/// <param name="Result">
/// <c>made</c>, <c>updated</c>, <c>started</c>, <c>stopped</c> or <c>removed</c>; <c>left-stopped</c> or <c>left-undefined</c>, where
/// somebody did that in libvirt, and <c>left-foreign</c>, where libvirt has a network of its own by that name.
/// </param>
internal sealed record JsonStub(string Name, Guid Uuid, string Result);

/// <summary>A network that was made.</summary>
/// <param name="Subnet">Its IPv4 addresses; null = none.</param>
/// <param name="Ipv6">Its IPv6 addresses; null = none.</param>
internal sealed record JsonNewNetwork(
    string Name,
    Guid Uuid,
    bool Active,
    bool Autostart,
    string? Bridge,
    string? Subnet,
    string? Ipv6,
    IReadOnlyList<string> Warnings);

/// <param name="Title">Of net-list on a daemon that tells no details only with <c>--title</c>.</param>
/// <param name="CutOffBy">What keeps guests from what the network promises them.</param>
/// <param name="Warnings">What else is not as it should be.</param>
/// <param name="Mode"><c>isolated</c>, or the forward mode.</param>
/// <param name="Subnet">The first of <paramref name="Subnets"/>; so are <paramref name="Gateway"/> and <paramref name="DhcpRange"/>.</param>
/// <param name="Mtu">As defined, else what the bridge has now; null = neither.</param>
/// <param name="Guests">Devices on the bridge; null where there is none on this host.</param>
internal sealed record JsonNetwork(
    string Name,
    Guid Uuid,
    bool Active,
    bool Persistent,
    bool Autostart,
    string? Bridge = null,
    string? Title = null,
    string? Mode = null,
    string? Subnet = null,
    string? Gateway = null,
    string? DhcpRange = null,
    IReadOnlyList<string>? Subnets = null,
    IReadOnlyList<string>? Gateways = null,
    IReadOnlyList<string>? DhcpRanges = null,
    string? Domain = null,
    uint? Mtu = null,
    int? Guests = null,
    JsonLeaseUse? Leases = null,
    IReadOnlyList<string>? CutOffBy = null,
    IReadOnlyList<string>? Warnings = null);

/// <summary>How many addresses are in use.</summary>
/// <param name="Of">How many can be given out at all.</param>
internal sealed record JsonLeaseUse(int Used, long Of);

internal sealed record JsonNetworkList(IReadOnlyList<JsonNetwork> Networks);

internal sealed record JsonXml(string Xml);

/// <param name="Expires">UTC, null = never.</param>
/// <param name="Host">Whose guest it is, where hosts share the network; null = this host's, which shares it with nobody.</param>
internal sealed record JsonLease(
    DateTimeOffset? Expires,
    string? Mac,
    string Protocol,
    string Address,
    uint Prefix,
    string? Hostname,
    string? ClientId,
    string? Iaid,
    string Interface,
    string? Host = null);

internal sealed record JsonLeaseList(JsonNetworkName Network, IReadOnlyList<JsonLease> Leases);

internal sealed record JsonWhereList(string Guest, IReadOnlyList<JsonWhere> Found);

/// <param name="Host">Null where nothing is known of hosts, and it is this one.</param>
/// <param name="Device">Of this host, behind which it is.</param>
/// <param name="By">What that is known by: <c>lease</c>, <c>lease of another host</c>, <c>port</c> or <c>bridge</c>.</param>
internal sealed record JsonWhere(
    JsonNetworkName Network, string? Host, string? Mac, string? Address, string? Name, string? Device, Guid? Port, string By);

/// <param name="Vni">Null where its fabric has given it none yet.</param>
/// <param name="ThisHost">What this host is called in the fabric; null where the network is in none.</param>
/// <param name="Guests">How many have a lease, as far as this host knows.</param>
/// <param name="Blocks">Null where it is in none, or etcd cannot be asked.</param>
internal sealed record JsonSpan(
    JsonNetworkName Network, uint? Vni, string? ThisHost, IReadOnlyList<JsonSpanHost> Hosts, int Guests, IReadOnlyList<JsonSpanBlock>? Blocks);

/// <param name="State"><c>up</c> or <c>down</c>; null where that is not known.</param>
/// <param name="Guests">How many have a lease there; null where that is not known.</param>
internal sealed record JsonSpanHost(string Address, string? Name, string? State, int? Guests);

/// <param name="Host">Who gives its addresses out.</param>
internal sealed record JsonSpanBlock(string First, string Last, string Host, int Size, int Used);

internal sealed record JsonPort(JsonNetworkName Network, Guid Uuid);

internal sealed record JsonPortList(JsonNetworkName Network, IReadOnlyList<Guid> Ports);

/// <param name="Live">The running network was changed.</param>
/// <param name="Config">The persistent definition was changed.</param>
internal sealed record JsonUpdate(JsonNetworkName Network, bool Live, bool Config);

/// <param name="Text">Null when there is none.</param>
internal sealed record JsonDescription(JsonNetworkName Network, string Kind, string? Text, bool Changed);

internal sealed record JsonMetadata(JsonNetworkName Network, string Uri, string? Xml, bool Changed);

internal sealed record JsonEdit(JsonNetworkName Network, bool Changed);

internal sealed record JsonEventTypes(IReadOnlyList<string> Events);

/// <param name="Event"><c>lifecycle</c>, <c>metadata-change</c> or <c>lease</c>.</param>
/// <param name="Change">
/// For lifecycle: defined, undefined, started, stopped; for lease: added, renewed, released, expired.
/// </param>
/// <param name="MetadataType">For metadata-change: description, title, element.</param>
/// <param name="Lease">For lease, also one that is gone.</param>
internal sealed record JsonEvent(
    string Event,
    DateTimeOffset Time,
    JsonNetworkName Network,
    string? Change,
    string? MetadataType,
    string? Uri,
    JsonLease? Lease);

/// <param name="Ended"><c>done</c>, <c>timeout</c>, <c>interrupt</c> or <c>disconnect</c>.</param>
internal sealed record JsonEventEnd(int Received, string Ended);

/// <param name="For"><c>address</c>, <c>name</c>, <c>published</c>, <c>active</c> or <c>gone</c>: what is so now.</param>
/// <param name="Network">Null where there is none of that name, which was waited for.</param>
/// <param name="Lease">Null where it was not waited for a lease.</param>
internal sealed record JsonWait(JsonNetworkName? Network, string For, string? Address, JsonLease? Lease);

internal sealed record JsonUri(string Uri);

/// <param name="Daemon">The version of the API that the daemon claims to be; only with <c>--daemon</c>.</param>
/// <param name="Virtnetd">Of the daemon itself; only with <c>--daemon</c>, and null where it is another program.</param>
internal sealed record JsonVersion(string Virtnet, string Api, string? Daemon, string? Virtnetd);

internal sealed record JsonLogLevel(string Level);

/// <param name="Active">Whether it runs; else the text says why it does not.</param>
internal sealed record JsonTrouble(JsonNetworkName Network, bool Active, string Text);

/// <param name="Virtnet">The version of this program.</param>
/// <param name="Virtnetd">The version of the daemon.</param>
/// <param name="Repairs">Of the last hour, by kind.</param>
/// <param name="Troubled">How many networks have troubles; the list has the first of them.</param>
internal sealed record JsonStatus(
    string Virtnet,
    string Virtnetd,
    DateTimeOffset Since,
    string Firewall,
    IReadOnlyList<string> OtherFirewalls,
    uint Networks,
    uint Active,
    uint Clients,
    bool LeasesStored,
    IReadOnlyDictionary<string, long> Repairs,
    IReadOnlyList<string> Warnings,
    uint Troubled,
    IReadOnlyList<JsonTrouble> Troubles);

internal sealed record JsonText(string Text);

internal sealed record JsonCommandHelp(
    string Name, string Group, string Summary, string Description, IReadOnlyList<JsonOptionHelp> Options, IReadOnlyList<string> Examples);

internal sealed record JsonOptionHelp(string Name, string Kind, bool Required, bool Positional, string Help);

internal sealed record JsonHelp(IReadOnlyList<JsonCommandHelp> Commands);

/// <param name="Line">From 1; 0 = the whole document.</param>
/// <param name="Expected">What would be right in this place, where that can be said.</param>
internal sealed record JsonFinding(int Line, int Column, string Message, string? Expected);

/// <param name="Warnings">What is valid and will not be as it says.</param>
internal sealed record JsonValidation(string File, bool Valid, IReadOnlyList<JsonFinding> Findings, IReadOnlyList<string> Warnings);

internal sealed record JsonPlanStep(string Action, string Kind, string Subject, string Detail);

/// <param name="Warnings">What will not be as the definition says.</param>
internal sealed record JsonPlan(string Subject, IReadOnlyList<JsonPlanStep> Steps, IReadOnlyList<string> Warnings);

/// <summary>One of <see cref="JsonStats.Counters"/> as a row.</summary>
internal sealed record JsonCounter(string Name, long Value);

/// <param name="Counters">By name; further names are added as there is more to count.</param>
internal sealed record JsonStats(JsonNetworkName Network, IReadOnlyDictionary<string, long> Counters);

/// <param name="Effect"><c>applied</c>, <c>needs-lease-renewal</c> or <c>needs-restart</c>.</param>
internal sealed record JsonRedefinedItem(string Item, string? Before, string? After, string Effect);

/// <param name="Done">False: nothing was changed, and the effects say what would become of the items.</param>
internal sealed record JsonRedefinition(JsonNetworkName Network, bool Done, IReadOnlyList<JsonRedefinedItem> Items);

/// <param name="Current">What the guest has now; null = nothing.</param>
/// <param name="Live">It holds in the running network.</param>
/// <param name="Config">It holds in the persistent definition.</param>
/// <param name="Removed">It is no more.</param>
internal sealed record JsonReservation(
    JsonNetworkName Network, string Mac, string Address, string? Name, string? Current, bool Live, bool Config, bool Removed);

/// <param name="Mac">Whom the name is tied to; null where nobody has it, and where it is an address.</param>
internal sealed record JsonPublishedTarget(string Target, string? Mac);

/// <param name="Listen">As net-publish takes it.</param>
/// <param name="Xml">The element that says it.</param>
/// <param name="Live">The running network was changed.</param>
/// <param name="Config">The persistent definition was changed; neither was with <c>--dry-run</c>.</param>
internal sealed record JsonPublished(
    JsonNetworkName Network,
    string? Name,
    string Listen,
    IReadOnlyList<JsonPublishedTarget> Targets,
    string Xml,
    bool Live,
    bool Config);

/// <param name="Publication">As it was named.</param>
/// <param name="Live">The running network was meant.</param>
/// <param name="Config">The persistent definition was meant.</param>
internal sealed record JsonUnpublished(JsonNetworkName Network, string Publication, bool Live, bool Config);

/// <param name="Guest">Name or MAC address; null where it is an address, or the host.</param>
/// <param name="Addresses">Where it is reached now.</param>
/// <param name="Ports">Null = that which was asked for.</param>
/// <param name="State"><c>up</c>, <c>down</c>, <c>unresolved</c>, <c>draining</c> or <c>standby</c>.</param>
/// <param name="Connections">Null where the host does not count them.</param>
internal sealed record JsonPublicationTarget(
    string? Guest,
    bool Host,
    IReadOnlyList<string> Addresses,
    string? Ports,
    uint Weight,
    bool Backup,
    string State,
    string? Reason,
    ulong? Connections,
    ulong? Open,
    ulong? Bytes);

/// <param name="Address">Null = any address of the host.</param>
/// <param name="Protocol">Null = a whole address, as with <paramref name="Ports"/>.</param>
/// <param name="Ipv4">It is open for IPv4 clients.</param>
/// <param name="Ipv6">It is open for IPv6 clients.</param>
/// <param name="Interface">The only one by which clients come; null = any.</param>
/// <param name="From">The only clients; empty = all.</param>
/// <param name="Balance">Null with one target.</param>
/// <param name="Check">Null = targets are not asked whether they answer.</param>
/// <param name="Connections">New ones since it is in force; null where the host does not count them.</param>
internal sealed record JsonPublication(
    JsonNetworkName Network,
    string? Name,
    string Listen,
    string? Address,
    string? Protocol,
    string? Ports,
    bool Ipv4,
    bool Ipv6,
    string? Interface,
    IReadOnlyList<string> From,
    string? Balance,
    string? Check,
    ulong? Connections,
    IReadOnlyList<JsonPublicationTarget> Targets,
    IReadOnlyList<string> Warnings);

internal sealed record JsonPublicationList(IReadOnlyList<JsonPublication> Publications);

/// <param name="Live">The running network was changed.</param>
/// <param name="Config">The persistent definition was changed.</param>
/// <param name="Items">What differs in the running network now, or would, were it not for a restart.</param>
internal sealed record JsonNetworkChange(
    JsonNetworkName Network,
    bool Live,
    bool Config,
    bool Changed,
    IReadOnlyList<JsonRedefinedItem> Items,
    IReadOnlyList<string> Warnings);

/// <param name="Value">Null where the definition says nothing about it.</param>
internal sealed record JsonPropertyValue(JsonNetworkName Network, string Key, string? Value);

internal sealed record JsonVerb(string Name, string Help);

internal sealed record JsonVerbList(IReadOnlyList<JsonVerb> Verbs);

internal sealed record JsonSetting(string Key, string Value);

internal sealed record JsonPropertyList(JsonNetworkName Network, IReadOnlyList<JsonSetting> Properties);

/// <param name="Values">All that it can be; empty = more than can be listed.</param>
internal sealed record JsonPropertyHelp(string Key, IReadOnlyList<string> Values, string Help);

internal sealed record JsonPropertyHelpList(IReadOnlyList<JsonPropertyHelp> Properties);

/// <param name="Index">The interface's place in the guest, from 1.</param>
/// <param name="Bridge">The bridge itself, or that of the network.</param>
/// <param name="Addresses">From the network's leases.</param>
/// <param name="NetworkActive">Null when the network daemon does not know the network.</param>
internal sealed record JsonGuestInterface(
    int Index,
    string? Target,
    string Type,
    string? Source,
    string? Model,
    string? Mac,
    string Link,
    string? Bridge,
    IReadOnlyList<string> Addresses,
    bool? NetworkActive);

internal sealed record JsonGuestInterfaceList(string Guest, IReadOnlyList<JsonGuestInterface> Interfaces);

/// <param name="Live">The running guest was meant.</param>
/// <param name="Config">The guest's next start was meant.</param>
/// <param name="Diff">Only with <c>--dry-run</c>.</param>
internal sealed record JsonGuestChange(string Guest, string? Mac, bool Changed, bool Live, bool Config, string? Diff);

internal sealed record JsonLink(string Guest, string Interface, string State);

internal sealed record JsonGuestAddress(string? Interface, string Mac, string Protocol, string Address, uint Prefix);

internal sealed record JsonGuestAddressList(string Guest, IReadOnlyList<JsonGuestAddress> Addresses);

/// <param name="Interface">The device on the host.</param>
/// <param name="Present">It is plugged in now or has a lease; else it is only defined to be there.</param>
internal sealed record JsonAttachment(
    string? Guest, string? Mac, string? Interface, Guid? Port, IReadOnlyList<string> Addresses, bool Present);

internal sealed record JsonAttachmentList(JsonNetworkName Network, IReadOnlyList<JsonAttachment> Attached);
