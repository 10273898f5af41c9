"""Ports of guests: made, changed and deleted on networks of several modes."""
import re
import xml.etree.ElementTree as tree

from mutations import Mutator
from sides import without_chance

NETWORKS = {
    "nat": """<forward mode='nat'/><bridge name='ub0'/><ip address='10.7.0.1' netmask='255.255.255.0'/>
<portgroup name='a' default='yes'><bandwidth><inbound average='10'/></bandwidth></portgroup><portgroup name='b' trustGuestRxFilters='yes'/>""",
    "isolated": "<bridge name='ub09'/>",
    "bridge": "<forward mode='bridge'/><bridge name='hbr'/><portgroup name='a'><vlan><tag id='3'/></vlan></portgroup>",
    "ovs": "<forward mode='bridge'/><bridge name='hbr'/><virtualport type='openvswitch'/><vlan><tag id='3'/></vlan>",
    "macvtap": "<forward mode='bridge'><interface dev='hv0'/><interface dev='hv1'/></forward>",
    "passthrough": "<forward mode='passthrough'><interface dev='hv0'/><interface dev='hv1'/></forward>",
    "idle": "<bridge name='ub08'/>",
}
PARTS = list(tree.fromstring("""<all><group>a</group><group>b</group><group>zz</group>
<bandwidth><inbound average='100' peak='200' burst='300'/></bandwidth><bandwidth><inbound average='100' floor='50'/></bandwidth>
<bandwidth><outbound average='10'/></bandwidth><vlan><tag id='5'/></vlan><vlan trunk='yes'><tag id='5' nativeMode='tagged'/><tag id='6'/></vlan>
<port isolated='yes'/><rxfilters trustGuest='yes'/><rxfilters trustGuest='no'/><class id='5'/><virtualport><parameters/></virtualport>
<virtualport type='openvswitch'><parameters interfaceid='11111111-2222-4333-8444-000000000009' profileid='p'/></virtualport>
<virtualport type='802.1Qbg'><parameters managerid='11' typeid='1193047' typeidversion='2'/></virtualport>
<virtualport type='802.1Qbh'><parameters profileid='q'/></virtualport>
<virtualport type='midonet'><parameters interfaceid='11111111-2222-4333-8444-000000000009'/></virtualport></all>"""))
PLUGS = list(tree.fromstring("""<all><plug type='network' bridge='ub0' macTableManager='libvirt'/><plug type='network' bridge='ub0'/>
<plug type='bridge' bridge='hbr'/><plug type='direct' dev='hv0' mode='bridge'/><plug type='direct' dev='hv1' mode='passthrough'/><plug type='none'/>
<plug type='hostdev-pci' managed='yes'><driver name='vfio'/><address domain='0x0000' bus='0x01' slot='0x01' function='0x0'/></plug></all>"""))
ANEW = 150


class Ports:
    def __init__(self, random, sides):
        self.random, self.sides, self.made = random, sides, 0
        self.mutator = Mutator(random, PARTS + PLUGS)

    def next(self):
        if self.made % ANEW == 0:
            for side in self.sides:
                self._define(side)
        self.made += 1
        name, call = self.random.choice(list(NETWORKS)), self.random.choice([self._create] * 4 + [self._delete, self._limit])
        port = self.mutator.change(self._port(), self.random.choice([0, 0, 1, 2]))
        flags, which = self.random.choice([0, 0, 0, 1, 2, 3, 4]), self.random.randrange(1000)
        answers = []
        for side in self.sides:
            network = side.connection.networkLookupByName(name)
            answer = side.ask(lambda asked: call(asked, network, port, flags, which))
            answers.append((*answer, without_chance(side.said(network.XMLDesc(0)))))
        if answers[0] != answers[1]:
            self.made = 0
        return (name, call.__name__.strip("_"), flags, port), answers

    def _port(self):
        port = tree.Element("networkport")
        if self.random.random() < 0.4:
            tree.SubElement(port, "uuid").text = f"11111111-2222-4333-8444-{self.random.randrange(5):012}"
        port.append(tree.fromstring("<owner><name>g</name><uuid>aaaaaaaa-2222-4333-8444-555555555555</uuid></owner>"))
        tree.SubElement(port, "mac", address=f"02:54:00:aa:00:{self.random.randrange(6):02x}")
        port.extend(self.random.sample(PARTS, self.random.choice([0, 0, 1, 1, 2])))
        port.extend(self.random.sample(PLUGS, self.random.choice([0, 1, 1, 1])))
        return port

    @staticmethod
    def _define(side):
        side.clear()
        for name, parts in NETWORKS.items():
            network = side.connection.networkDefineXML(side.told(f"<network><name>{name}</name>{parts}</network>"))
            if name != "idle":
                network.create()

    @staticmethod
    def _create(side, network, port, flags, _which):
        return (without_chance(side.said(network.portCreateXML(side.told(port), flags).XMLDesc(0))),)

    @staticmethod
    def _delete(_side, network, _port, _flags, which):
        ports = known_ports(network)
        if ports:
            ports[which % len(ports)].delete()
        return (len(ports),)

    @staticmethod
    def _limit(side, network, _port, _flags, which):
        ports = known_ports(network)
        if not ports:
            return (0,)
        port = ports[which % len(ports)]
        port.setParameters({"inbound.average": which % 500, "inbound.peak": which % 900, "outbound.average": which % 300}, 0)
        return (sorted(port.parameters().items()), without_chance(side.said(port.XMLDesc(0))))


def known_ports(network):
    """Those whose UUIDs both sides have."""
    return sorted((port for port in network.listAllPorts() if re.match("11111111-", port.UUIDString())), key=lambda port: port.UUIDString())
