using VirtNet.Cli.Guests;
using VirtNet.Fuzz.Engine;
using VirtNet.Model;

namespace VirtNet.Fuzz.Cli;

/// <summary>A guest's definition from a file: it is read, and edits leave a document with nothing else changed.</summary>
internal sealed class GuestXmlTarget : FuzzTarget
{
    private static readonly InterfaceSource Source = new("network", "l&'ab");

    public override string Name => "guest-xml";

    public override IEnumerable<byte[]> Seeds =>
    [
        """
        <?xml version="1.0" encoding='UTF-8'?>
        <!-- <interface type='network'> -->
        <domain type='kvm' xmlns:q='urn:q'>
          <name>G&#228;st</name>
          <devices>
            <interface  type = "network" ><!-- uplink -->
              <mac address='52:54:00:00:00:01' />
              <source   portgroup='pg'  network="default" q:x='1'/>
              <link state='down'/><model type='virtio'/>
            </interface>
            <interface type='user'/>
            <interface type='bridge'><source bridge='br0'/><target dev='vnet0'/></interface>
          </devices>
          <q:data><![CDATA[</devices>]]></q:data><?pi a?>
        </domain>
        """u8.ToArray(),
        "<domain><devices><disk/></devices></domain>"u8.ToArray(),
        "<domain>\r\n\t<devices>\r\n\t\t<interface type='hostdev'>\r\n\t\t</interface>\r\n\t</devices>\r\n</domain>\r\n"u8.ToArray(),
    ];

    public override IReadOnlyList<byte[]> Words { get; } =
    [
        "<interface type='network'>"u8.ToArray(), "</interface>"u8.ToArray(), "<source network='a'/>"u8.ToArray(), "<link/>"u8.ToArray(), "<mac/>"u8.ToArray(),
        "<!--"u8.ToArray(), "-->"u8.ToArray(), "<![CDATA["u8.ToArray(), "]]>"u8.ToArray(), "<?x?>"u8.ToArray(), "<!DOCTYPE a>"u8.ToArray(), "&amp;"u8.ToArray(),
        "&#0;"u8.ToArray(), "/>"u8.ToArray(), "></"u8.ToArray(), " = "u8.ToArray(), "\r\n"u8.ToArray(), "<devices>"u8.ToArray(), "<devices/>"u8.ToArray(),
        "type='direct'"u8.ToArray(), " state='up'"u8.ToArray(),
    ];

    // The text in characters, the reader's buffers, and an object for each element and attribute.
    public override long AllocationBound(int length) => 128 * 1024 + (256 * length);

    public override void Decode(ReadOnlySpan<byte> input) => Read(input.ToArray());

    public override void Check(ReadOnlySpan<byte> input)
    {
        if (Read(input.ToArray()) is not { } guest)
        {
            return;
        }

        foreach (GuestInterface old in guest.Interfaces)
        {
            CheckEdit(guest, old, xml => InterfaceEdits.SetSource(xml, Source), "network", Source.Name);
            CheckEdit(guest, old, xml => InterfaceEdits.SetLink(xml, "down"), old.Type, old.Source);
            GuestDocument without = Reread(guest.Remove(old));
            Require.Equal(guest.Interfaces.Count - 1, without.Interfaces.Count, "one interface less");
        }

        try
        {
            GuestDocument with = Reread(guest.Add(new InterfaceXml("bridge", "b\"r") { Mac = "52:54:00:00:00:09" }.Lines()));
            Require.Equal(guest.Interfaces.Count + 1, with.Interfaces.Count, "one interface more");
            Require.That(with.Interfaces.Any(added => added is { Source: "b\"r", Type: "bridge" }), "the interface that was added");
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.OperationUnsupported)
        {
            // there is nothing to go by
        }
    }

    private static void CheckEdit(GuestDocument guest, GuestInterface old, Func<string, string> edit, string type, string? source)
    {
        string edited;
        try
        {
            edited = edit(old.Xml);
        }
        catch (VirtNetException)
        {
            return; // a kind of interface that cannot be edited so
        }

        GuestDocument after = Reread(guest.Replace(old, edited));
        Require.Equal(guest.Interfaces.Count, after.Interfaces.Count, "as many interfaces as before");
        GuestInterface changed = after.Interfaces[old.Number - 1];
        Require.Equal(type, changed.Type, "the type that was set, or the old one");
        Require.Equal(source, changed.Source, "the source that was set, or the old one");
        Require.Equal((old.Mac, old.Target, old.Model), (changed.Mac, changed.Target, changed.Model), "nothing else changes");
        Require.Equal(edited, edit(edited), "an edit made twice changes nothing more");
    }

    private static GuestDocument Reread(string text) =>
        Read(XmlBytes.ToBytes(text)) ?? throw new BrokenPropertyException($"an edited document is still one:\n{text}");

    private static GuestDocument? Read(byte[] bytes)
    {
        try
        {
            return GuestDocument.Parse("guest.xml", bytes);
        }
        catch (VirtNetException)
        {
            return null;
        }
    }
}
