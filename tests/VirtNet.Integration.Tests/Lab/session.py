"""A whole session of python3-libvirt: session.py URI XML MAC. Waits for a lease after it has said "started"."""
import libvirt, sys, threading, time

uri, xml, mac = sys.argv[1:]
libvirt.virEventRegisterDefaultImpl()
libvirt.registerErrorHandler(lambda context, error: None, None)


def run():
    while True:
        libvirt.virEventRunDefaultImpl()


def until(condition):
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


threading.Thread(target=run, daemon=True).start()
connection = libvirt.open(uri)
connection.setKeepAlive(1, 5)
events = []
connection.networkEventRegisterAny(
    None, libvirt.VIR_NETWORK_EVENT_ID_LIFECYCLE, lambda c, network, event, detail, opaque: events.append(event), None)

network = connection.networkDefineXML(xml)
network.create()
network.setAutostart(True)
print("started", flush=True)
print([each.name() for each in connection.listAllNetworks()], connection.numOfNetworks(), connection.listNetworks())
print(network.isActive(), network.isPersistent(), network.autostart(), network.bridgeName())
network.update(
    libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST, -1,
    "<host mac='52:54:00:00:00:01' ip='192.168.55.7'/>", 3)
print("192.168.55.7" in network.XMLDesc(0), "192.168.55.7" in network.XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE))
port = network.portCreateXML(
    "<networkport><uuid>5d744f21-ba4a-4d6e-bdb2-30a35ff3207d</uuid><owner><name>g</name>"
    f"<uuid>3e3fce45-4f53-4fa7-bb32-11f34168b82b</uuid></owner><mac address='{mac}'/>"
    "<bandwidth><outbound average='50'/></bandwidth></networkport>")
port.setParameters({"outbound.average": 100})
print([each.UUIDString() for each in network.listAllPorts()], port.parameters()["outbound.average"])
port.delete()
until(lambda: network.DHCPLeases(mac))
print([(lease["mac"] == mac, lease["hostname"], lease["prefix"], lease["iface"]) for lease in network.DHCPLeases()])
try:
    connection.networkLookupByName("none")
except libvirt.libvirtError as e:
    print(e.get_error_code(), e.get_error_domain(), e.get_error_message())
network.destroy()
network.undefine()
print(connection.listAllNetworks(), until(lambda: len(events) == 4), events)
