using VirtNet.Model.Ports;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Ports;

public sealed class HookDataXmlTests
{
    /// <summary>The metadata as measured on libvirt 9.0; description and title came later.</summary>
    [Fact]
    public void A_network_is_two_blanks_further_in_and_the_texts_in_it_are_what_they_are()
    {
        NetworkDefinition live = NetworkXml.Parse(
            "<network><name>m1</name><uuid>cd4044a6-3629-4159-82cf-58e5a59f13f7</uuid><description>a\n  b\nc</description>"
            + "<metadata><x:y xmlns:x='urn:x'><x:in a='1'><x:deep/></x:in><x:t>one\n two\n</x:t></x:y></metadata>"
            + "<bridge name='m1' stp='on' delay='0'/></network>").Definition;

        Assert.Equal(
            """
            <hookData>
              <network>
                <name>m1</name>
                <uuid>cd4044a6-3629-4159-82cf-58e5a59f13f7</uuid>
                <description>a
              b
            c</description>
                <metadata>
                  <x:y xmlns:x="urn:x">
                    <x:in a="1">
                      <x:deep/>
                    </x:in>
                    <x:t>one
             two
            </x:t>
                  </x:y>
                </metadata>
                <bridge name='m1' stp='on' delay='0'/>
              </network>
            </hookData>

            """,
            HookDataXml.Format(live, port: null));
    }

    [Fact]
    public void A_port_follows_its_network()
    {
        NetworkPort port = NetworkPortXml.Parse(
            "<networkport><uuid>11111111-2222-3333-4444-555555555555</uuid><owner><name>g</name>"
            + "<uuid>11111111-2222-3333-4444-666666666666</uuid></owner><mac address='52:54:00:00:00:01'/></networkport>");

        Assert.EndsWith(
            "  </network>\n  <networkport>\n    <uuid>11111111-2222-3333-4444-555555555555</uuid>\n    <owner>\n      <name>g</name>\n"
            + "      <uuid>11111111-2222-3333-4444-666666666666</uuid>\n    </owner>\n    <mac address='52:54:00:00:00:01'/>\n"
            + "  </networkport>\n</hookData>\n",
            HookDataXml.Format(new NetworkDefinition { Name = "n" }, port),
            StringComparison.Ordinal);
    }
}
