"""What python3-libvirt sees of a network's extension: publish.py URI NETWORK."""
import libvirt, sys

uri, name = sys.argv[1:]
libvirt.registerErrorHandler(lambda context, error: None, None)
connection = libvirt.open(uri)
network = connection.networkLookupByName(name)
URN = "urn:virtnet:network:1"
BOTH = libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE | libvirt.VIR_NETWORK_UPDATE_AFFECT_CONFIG


def put(element):
    network.setMetadata(libvirt.VIR_NETWORK_METADATA_ELEMENT, element, "vn", URN, BOTH)


def refused(call):
    try:
        call()
        print("taken")
    except libvirt.libvirtError as e:
        print(e.get_error_code(), e.get_error_message())


GOOD = "<network>\n  <publish name='web' protocol='tcp' port='8080'><to guest='web'/></publish>\n</network>"
put(GOOD)
for flag in (libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE, libvirt.VIR_NETWORK_UPDATE_AFFECT_CONFIG):
    print("web" in network.metadata(libvirt.VIR_NETWORK_METADATA_ELEMENT, URN, flag))
refused(lambda: put(GOOD.replace("port=", "prot=")))
refused(lambda: put("<network><publish protocol='tcp' port='81'><to address='192.0.2.9'/></publish></network>"))
print("8080" in network.metadata(libvirt.VIR_NETWORK_METADATA_ELEMENT, URN, libvirt.VIR_NETWORK_UPDATE_AFFECT_LIVE))

# As virt-manager does it: all of it back, with one thing changed.
xml = network.XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE)
connection.networkDefineXML(xml.replace("</uuid>", "</uuid><title>changed</title>"))
xml = network.XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE)
print("changed" in xml, "later='yes'" in xml.replace('"', "'"), "port='8080'" in xml.replace('"', "'"))
refused(lambda: connection.networkDefineXML(xml.replace('port="8080"', 'port="0"')))
