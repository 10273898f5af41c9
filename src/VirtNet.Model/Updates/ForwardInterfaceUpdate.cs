using VirtNet.Model.Ports;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Updates;

/// <summary>Section forward-interface: the pool of host interfaces.</summary>
internal static class ForwardInterfaceUpdate
{
    /// <param name="ports">The ports of the running network: a device that one of them sits on stays.</param>
    public static NetworkDefinition Apply(UpdateRequest request, IReadOnlyCollection<NetworkPort> ports)
    {
        request.Expect("interface");
        if (request.Command is NetworkUpdateCommand.Modify)
        {
            throw VirtNetException.OperationUnsupported(
                "forward interface entries cannot be modified, only added or deleted");
        }

        string device = request.Element.Text("dev")
            ?? throw request.Element.XmlError("missing dev attribute in <interface> element");
        Forward forward = request.Definition.Forward;
        if (request.IsAdd && forward.Mode is ForwardMode.None)
        {
            // libvirt says yes, and forgets it: such a network is written down without <forward>.
            throw VirtNetException.OperationInvalid(
                $"network '{request.Network}' has no <forward> that an interface could be added to");
        }

        int found = forward.Interfaces.IndexOf(entry => entry == device);
        ValueList<string> interfaces = request.Command switch
        {
            NetworkUpdateCommand.Delete => Delete(request, forward.Interfaces, found, device, ports),
            _ when request.IsAdd => Add(request, forward.Interfaces, found, device),
            _ => throw request.UnknownCommand(),
        };

        // A pool is made of interfaces or of a physical function's: where both are written down, the interfaces count.
        return request.Definition with
        {
            Forward = forward with
            {
                Interfaces = interfaces,
                PhysicalFunction = interfaces.Count > 0 ? null : forward.PhysicalFunction,
            },
        };
    }

    private static ValueList<string> Add(UpdateRequest request, ValueList<string> interfaces, int found, string device) =>
        found < 0
            ? interfaces.Adding(device, request.AtFront)
            : throw VirtNetException.OperationInvalid(
                $"there is an existing interface entry in network '{request.Network}' that matches "
                + $"\"<interface dev='{device}'>\"");

    private static ValueList<string> Delete(
        UpdateRequest request,
        ValueList<string> interfaces,
        int found,
        string device,
        IReadOnlyCollection<NetworkPort> ports)
    {
        if (found < 0)
        {
            throw VirtNetException.OperationInvalid(
                $"couldn't find an interface entry in network '{request.Network}' matching <interface dev='{device}'>");
        }

        int users = PortConnections.OfDevice(ports, device);
        return users == 0
            ? interfaces.Without(found)
            : throw VirtNetException.OperationInvalid(
                $"unable to delete interface '{device}' in network '{request.Network}'. "
                + $"It is currently being used  by {users} domains."); // the two blanks are libvirt's
    }
}
