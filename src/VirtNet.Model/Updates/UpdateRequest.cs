using System.Xml.Linq;

namespace VirtNet.Model.Updates;

/// <summary>One change that a section's editor is asked to make: the definition, the command, and the element given.</summary>
internal sealed record UpdateRequest(NetworkDefinition Definition, NetworkUpdateCommand Command, int ParentIndex, XElement Element)
{
    public string Network => Definition.Name;

    public bool IsAdd => Command is NetworkUpdateCommand.AddFirst or NetworkUpdateCommand.AddLast;

    public bool AtFront => Command is NetworkUpdateCommand.AddFirst;

    public void Expect(string element)
    {
        if (Element.Name != element)
        {
            throw VirtNetException.Xml(
                $"unexpected element <{Element.Name.LocalName}>, expecting <{element}>, while updating network '{Network}'");
        }
    }

    public VirtNetException UnknownCommand() => VirtNetException.OperationUnsupported(
        $"unrecognized network update command code {(int)Command}");
}
