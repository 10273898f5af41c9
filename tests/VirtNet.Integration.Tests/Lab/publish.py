"""As virt-manager changes a network: all of its XML back, with one thing changed. publish.py URI NETWORK."""
import libvirt, sys

uri, name = sys.argv[1:]
libvirt.registerErrorHandler(lambda context, error: None, None)
connection = libvirt.open(uri)
network = connection.networkLookupByName(name)
xml = network.XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE)
connection.networkDefineXML(xml.replace("</uuid>", "</uuid><title>changed</title>"))
xml = network.XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE)
print("changed" in xml, 'later="yes"' in xml, 'port="8080"' in xml)
try:
    connection.networkDefineXML(xml.replace('port="8080"', 'port="0"'))
    print("taken")
except libvirt.libvirtError as e:
    print(e.get_error_code(), e.get_error_message())
print('port="8080"' in network.XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE))
