using VirtNet.Model.Xml;

namespace VirtNet.Model.Updates;

/// <summary>Section portgroup, found by name. A change is for ports to come: those that exist keep what they got.</summary>
internal static class PortGroupUpdate
{
    public static NetworkDefinition Apply(UpdateRequest request)
    {
        request.Expect("portgroup");
        PortGroup group = PortGroupXml.Parse(request.Element);
        ValueList<PortGroup> groups = request.Definition.PortGroups;
        int found = groups.IndexOf(entry => entry.Name == group.Name);
        if (found < 0 && request.Command is NetworkUpdateCommand.Modify or NetworkUpdateCommand.Delete)
        {
            throw VirtNetException.OperationInvalid(
                $"couldn't find a portgroup entry in network '{request.Network}' matching <portgroup name='{group.Name}'>");
        }

        if (found >= 0 && request.IsAdd)
        {
            throw VirtNetException.OperationInvalid(
                $"there is an existing portgroup entry in network '{request.Network}' that matches "
                + $"\"<portgroup name='{group.Name}'>\"");
        }

        if (request.Command is not NetworkUpdateCommand.Delete)
        {
            RefuseSecondDefault(request, groups, group);
        }

        return request.Definition with
        {
            PortGroups = request.Command switch
            {
                NetworkUpdateCommand.Modify => groups.Replacing(found, group),
                NetworkUpdateCommand.Delete => groups.Without(found),
                _ when request.IsAdd => groups.Adding(group, request.AtFront),
                _ => throw request.UnknownCommand(),
            },
        };
    }

    private static void RefuseSecondDefault(UpdateRequest request, ValueList<PortGroup> groups, PortGroup group)
    {
        if (group.IsDefault && groups.Any(other => other.IsDefault && other.Name != group.Name))
        {
            throw VirtNetException.OperationInvalid(
                $"a different portgroup entry in network '{request.Network}' is already set as the default. "
                + "Only one default is allowed.");
        }
    }
}
