using VirtNet.Rpc.Messages;

namespace VirtNet.Rpc.Protocol;

/// <summary>
/// The procedures of libvirt's remote program that virtnet serves and calls. Numbers and API names are libvirt's ABI.
/// </summary>
internal static class RemoteProcedures
{
    // Connection
    public static readonly Procedure<OpenArguments, Nothing> Open =
        new(RpcPrograms.Remote, 1, "virConnectOpen", CallKind.Connection);

    public static readonly Procedure<Nothing, Nothing> Close =
        new(RpcPrograms.Remote, 2, "virConnectClose", CallKind.Connection);

    public static readonly Procedure<Nothing, StringMessage> ConnectionType =
        new(RpcPrograms.Remote, 3, "virConnectGetType", CallKind.Query);

    public static readonly Procedure<Int32Message, BooleanMessage> SupportsFeature =
        new(RpcPrograms.Remote, 60, "virConnectSupportsFeature", CallKind.Connection);

    public static readonly Procedure<Nothing, AuthListResult> AuthList =
        new(RpcPrograms.Remote, 66, "virConnectOpenAuth", CallKind.Connection);

    public static readonly Procedure<Nothing, Nothing> AuthSaslInit =
        new(RpcPrograms.Remote, 67, "virConnectOpenAuth", CallKind.Connection);

    public static readonly Procedure<Nothing, Nothing> AuthSaslStart =
        new(RpcPrograms.Remote, 68, "virConnectOpenAuth", CallKind.Connection);

    public static readonly Procedure<Nothing, Nothing> AuthSaslStep =
        new(RpcPrograms.Remote, 69, "virConnectOpenAuth", CallKind.Connection);

    public static readonly Procedure<Nothing, Int32Message> AuthPolkit =
        new(RpcPrograms.Remote, 70, "virConnectOpenAuth", CallKind.Connection);

    public static readonly Procedure<Nothing, StringMessage> ConnectionUri =
        new(RpcPrograms.Remote, 110, "virConnectGetURI", CallKind.Query);

    public static readonly Procedure<Nothing, BooleanMessage> IsSecure =
        new(RpcPrograms.Remote, 149, "virConnectIsSecure", CallKind.Query);

    public static readonly Procedure<Nothing, UInt64Message> LibraryVersion =
        new(RpcPrograms.Remote, 157, "virConnectGetLibVersion", CallKind.Query);

    public static readonly Procedure<Nothing, Nothing> RegisterCloseCallback =
        new(RpcPrograms.Remote, 360, "virConnectRegisterCloseCallback", CallKind.Connection);

    public static readonly Procedure<Nothing, Nothing> UnregisterCloseCallback =
        new(RpcPrograms.Remote, 361, "virConnectUnregisterCloseCallback", CallKind.Connection);

    public static readonly Procedure<SetIdentityArguments, Nothing> SetIdentity =
        new(RpcPrograms.Remote, 419, "virConnectSetIdentity", CallKind.Connection) { AllowsReadOnly = false };

    // Networks
    public static readonly Procedure<Int32Message, NamesResult> ListDefinedNames =
        new(RpcPrograms.Remote, 36, "virConnectListDefinedNetworks", CallKind.Query);

    public static readonly Procedure<Int32Message, NamesResult> ListActiveNames =
        new(RpcPrograms.Remote, 38, "virConnectListNetworks", CallKind.Query);

    public static readonly Procedure<NetworkMessage, Nothing> Start =
        new(RpcPrograms.Remote, 39, "virNetworkCreate", CallKind.Change);

    public static readonly Procedure<XmlMessage, NetworkMessage> CreateXml =
        new(RpcPrograms.Remote, 40, "virNetworkCreateXML", CallKind.Change);

    public static readonly Procedure<XmlMessage, NetworkMessage> DefineXml =
        new(RpcPrograms.Remote, 41, "virNetworkDefineXML", CallKind.Change);

    public static readonly Procedure<NetworkMessage, Nothing> Destroy =
        new(RpcPrograms.Remote, 42, "virNetworkDestroy", CallKind.Change);

    public static readonly Procedure<NetworkFlagsArguments, StringMessage> GetXml =
        new(RpcPrograms.Remote, 43, "virNetworkGetXMLDesc", CallKind.Query);

    public static readonly Procedure<NetworkMessage, BooleanMessage> GetAutostart =
        new(RpcPrograms.Remote, 44, "virNetworkGetAutostart", CallKind.Query);

    public static readonly Procedure<NetworkMessage, StringMessage> GetBridgeName =
        new(RpcPrograms.Remote, 45, "virNetworkGetBridgeName", CallKind.Query);

    public static readonly Procedure<StringMessage, NetworkMessage> LookupByName =
        new(RpcPrograms.Remote, 46, "virNetworkLookupByName", CallKind.Query);

    public static readonly Procedure<UuidMessage, NetworkMessage> LookupByUuid =
        new(RpcPrograms.Remote, 47, "virNetworkLookupByUUID", CallKind.Query);

    public static readonly Procedure<SetAutostartArguments, Nothing> SetAutostart =
        new(RpcPrograms.Remote, 48, "virNetworkSetAutostart", CallKind.Change);

    public static readonly Procedure<NetworkMessage, Nothing> Undefine =
        new(RpcPrograms.Remote, 49, "virNetworkUndefine", CallKind.Change);

    public static readonly Procedure<Nothing, Int32Message> CountDefined =
        new(RpcPrograms.Remote, 50, "virConnectNumOfDefinedNetworks", CallKind.Query);

    public static readonly Procedure<Nothing, Int32Message> CountActive =
        new(RpcPrograms.Remote, 52, "virConnectNumOfNetworks", CallKind.Query);

    public static readonly Procedure<NetworkMessage, BooleanMessage> IsActive =
        new(RpcPrograms.Remote, 152, "virNetworkIsActive", CallKind.Query);

    public static readonly Procedure<NetworkMessage, BooleanMessage> IsPersistent =
        new(RpcPrograms.Remote, 153, "virNetworkIsPersistent", CallKind.Query);

    public static readonly Procedure<ListArguments, NetworkListResult> ListNetworks =
        new(RpcPrograms.Remote, 283, "virConnectListAllNetworks", CallKind.Query);

    public static readonly Procedure<NetworkUpdateArguments, Nothing> Update =
        new(RpcPrograms.Remote, 291, "virNetworkUpdate", CallKind.Change);

    public static readonly Procedure<GetLeasesArguments, LeasesResult> GetLeases =
        new(RpcPrograms.Remote, 341, "virNetworkGetDHCPLeases", CallKind.Query);

    public static readonly Procedure<XmlFlagsArguments, NetworkMessage> DefineXmlFlags =
        new(RpcPrograms.Remote, 432, "virNetworkDefineXMLFlags", CallKind.Change);

    public static readonly Procedure<XmlFlagsArguments, NetworkMessage> CreateXmlFlags =
        new(RpcPrograms.Remote, 437, "virNetworkCreateXMLFlags", CallKind.Change);

    public static readonly Procedure<SetMetadataArguments, Nothing> SetMetadata =
        new(RpcPrograms.Remote, 444, "virNetworkSetMetadata", CallKind.Change);

    public static readonly Procedure<GetMetadataArguments, StringMessage> GetMetadata =
        new(RpcPrograms.Remote, 445, "virNetworkGetMetadata", CallKind.Query);

    // Events
    public static readonly Procedure<RegisterEventArguments, Int32Message> RegisterEvent =
        new(RpcPrograms.Remote, 313, "virConnectNetworkEventRegisterAny", CallKind.Connection);

    public static readonly Procedure<Int32Message, Nothing> DeregisterEvent =
        new(RpcPrograms.Remote, 314, "virConnectNetworkEventDeregisterAny", CallKind.Connection);

    // Ports
    public static readonly Procedure<ListPortsArguments, PortListResult> ListPorts =
        new(RpcPrograms.Remote, 404, "virNetworkListAllPorts", CallKind.Query);

    public static readonly Procedure<LookupPortArguments, PortMessage> LookupPort =
        new(RpcPrograms.Remote, 405, "virNetworkPortLookupByUUID", CallKind.Query);

    public static readonly Procedure<CreatePortArguments, PortMessage> CreatePort =
        new(RpcPrograms.Remote, 406, "virNetworkPortCreateXML", CallKind.Change);

    public static readonly Procedure<GetPortParametersArguments, PortParametersResult> GetPortParameters =
        new(RpcPrograms.Remote, 407, "virNetworkPortGetParameters", CallKind.Query);

    public static readonly Procedure<SetPortParametersArguments, Nothing> SetPortParameters =
        new(RpcPrograms.Remote, 408, "virNetworkPortSetParameters", CallKind.Change);

    public static readonly Procedure<PortFlagsArguments, StringMessage> GetPortXml =
        new(RpcPrograms.Remote, 409, "virNetworkPortGetXMLDesc", CallKind.Query);

    public static readonly Procedure<PortFlagsArguments, Nothing> DeletePort =
        new(RpcPrograms.Remote, 410, "virNetworkPortDelete", CallKind.Change);

    // Interfaces of the host
    public static readonly Procedure<Nothing, Int32Message> CountActiveInterfaces =
        new(RpcPrograms.Remote, 126, "virConnectNumOfInterfaces", CallKind.Query);

    public static readonly Procedure<Int32Message, NamesResult> ListActiveInterfaces =
        new(RpcPrograms.Remote, 127, "virConnectListInterfaces", CallKind.Query);

    public static readonly Procedure<StringMessage, InterfaceMessage> LookupInterfaceByName =
        new(RpcPrograms.Remote, 128, "virInterfaceLookupByName", CallKind.Query);

    public static readonly Procedure<StringMessage, InterfaceMessage> LookupInterfaceByMac =
        new(RpcPrograms.Remote, 129, "virInterfaceLookupByMACString", CallKind.Query);

    public static readonly Procedure<InterfaceFlagsArguments, StringMessage> GetInterfaceXml =
        new(RpcPrograms.Remote, 130, "virInterfaceGetXMLDesc", CallKind.Query);

    public static readonly Procedure<Nothing, Int32Message> CountDefinedInterfaces =
        new(RpcPrograms.Remote, 137, "virConnectNumOfDefinedInterfaces", CallKind.Query);

    public static readonly Procedure<Int32Message, NamesResult> ListDefinedInterfaces =
        new(RpcPrograms.Remote, 138, "virConnectListDefinedInterfaces", CallKind.Query);

    public static readonly Procedure<InterfaceMessage, BooleanMessage> IsInterfaceActive =
        new(RpcPrograms.Remote, 156, "virInterfaceIsActive", CallKind.Query);

    public static readonly Procedure<ListArguments, InterfaceListResult> ListInterfaces =
        new(RpcPrograms.Remote, 284, "virConnectListAllInterfaces", CallKind.Query);

    // The host, for clients that take us for a hypervisor
    public static readonly Procedure<Nothing, UInt64Message> HypervisorVersion =
        new(RpcPrograms.Remote, 4, "virConnectGetVersion", CallKind.Query);

    public static readonly Procedure<Nothing, NodeInfoResult> NodeInfo =
        new(RpcPrograms.Remote, 6, "virNodeGetInfo", CallKind.Query);

    public static readonly Procedure<Nothing, StringMessage> Capabilities =
        new(RpcPrograms.Remote, 7, "virConnectGetCapabilities", CallKind.Query);

    public static readonly Procedure<Nothing, StringMessage> Hostname =
        new(RpcPrograms.Remote, 59, "virConnectGetHostname", CallKind.Query);

    // Event numbers: messages that the server sends by itself
    public const int LifecycleEvent = 315;
    public const int MetadataChangeEvent = 446;
}
