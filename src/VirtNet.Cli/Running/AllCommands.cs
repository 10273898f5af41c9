using VirtNet.Cli.Commands;
using VirtNet.Cli.Completion;
using VirtNet.Cli.Guests;
using VirtNet.Cli.Takeover;

namespace VirtNet.Cli.Running;

/// <summary>The program's command table.</summary>
internal static class AllCommands
{
    public static CommandTable Table { get; } = new(
    [
        new CommandGroup("Networking", "network",
        [
            NetAttached.Definition,
            NetAutostart.Definition,
            NetClone.Definition,
            NetDefine.CreateDefinition,
            NetDefine.Definition,
            NetDesc.Definition,
            NetDestroy.Definition,
            NetDhcpLeases.Definition,
            NetDumpXml.Definition,
            NetEdit.Definition,
            NetEvent.Definition,
            NetGet.Definition,
            NetInfo.Definition,
            NetList.Definition,
            NetMetadata.Definition,
            NetName.Definition,
            NetNew.Definition,
            NetPlan.Definition,
            NetPublish.Definition,
            NetPublishList.Definition,
            NetReleaseLease.Definition,
            NetRename.Definition,
            NetReserve.Definition,
            NetSet.Definition,
            NetSpan.Definition,
            NetStart.Definition,
            NetStats.Definition,
            NetUndefine.Definition,
            NetPublish.UnpublishDefinition,
            NetSet.UnsetDefinition,
            NetUpdate.Definition,
            NetName.UuidDefinition,
            NetValidate.Definition,
            NetWait.Definition,
            NetWhere.Definition,
            NetPortList.Definition,
            NetPort.CreateDefinition,
            NetPort.DumpXmlDefinition,
            NetPort.DeleteDefinition,
        ]),
        new CommandGroup("Guest interfaces", "guest",
        [
            AttachInterface.Definition,
            DetachInterface.Definition,
            DomIfAddr.Definition,
            DomIfEdit.Definition,
            DomIfLink.GetDefinition,
            DomIfLink.SetDefinition,
            DomIfSetSource.Definition,
            DomIfList.Definition,
        ]),
        new CommandGroup("Coming from libvirt", "libvirt",
        [
            ImportLibvirt.Definition,
            LibvirtStubs.Definition,
        ]),
        new CommandGroup("Many hosts", "fabric",
        [
            Commands.Fabric.Definition,
        ]),
        new CommandGroup("Host", "host",
        [
            Host.UriDefinition,
            Host.VersionDefinition,
        ]),
        new CommandGroup("virtnet itself", "virtnet",
        [
            WorkingFolder.ChangeDefinition,
            Complete.Definition,
            DaemonLog.Definition,
            Manual.Definition,
            Echo.Definition,
            Exit.Definition,
            Help.Definition,
            WorkingFolder.PrintDefinition,
            Exit.QuitDefinition,
            Status.Definition,
            Host.ConnectDefinition,
        ]),
    ])
    {
        HelpOn = Help.For,
    };
}
