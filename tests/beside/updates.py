"""net-update: any command, section, place and flags, on a network that runs or does not."""
import xml.etree.ElementTree as tree

from mutations import Mutator
from sides import without_chance

NETWORK = """<network><name>u</name><uuid>11111111-2222-4333-8444-555555555555</uuid><forward mode='nat'/><bridge name='ub0'/>
<domain name='t.test'/><dns><forwarder addr='192.0.2.8'/><txt name='t' value='v'/>
<srv service='s' protocol='tcp' domain='t.test' target='x' port='1' priority='2' weight='3'/><host ip='10.7.0.5'><hostname>h5</hostname></host></dns>
<ip address='10.7.0.1' netmask='255.255.255.0'><dhcp><range start='10.7.0.100' end='10.7.0.150'/><host mac='52:54:00:00:00:01' name='one' ip='10.7.0.11'/>
<host mac='52:54:00:00:00:02' ip='10.7.0.12'/><bootp file='b'/></dhcp></ip>
<ip family='ipv6' address='fd07::1' prefix='64'><dhcp><range start='fd07::100' end='fd07::200'/><host id='0:1:2:3' name='six' ip='fd07::11'/></dhcp></ip>
<portgroup name='pg1' default='yes'><bandwidth><inbound average='100'/></bandwidth></portgroup><portgroup name='pg2'/></network>"""
SECTIONS = {  # virNetworkUpdateSection
    0: "<x/>", 1: "<bridge name='x'/>", 2: "<domain name='x'/>", 3: "<ip address='10.8.0.1' netmask='255.255.255.0'/>",
    4: """<host mac='52:54:00:00:00:01' name='n1' ip='10.7.0.11'/><host mac='52:54:00:00:00:03' name='n3' ip='10.7.0.13'/><host name='one'/>
<host mac='52:54:00:00:00:01'/><host ip='10.7.0.11'/><host mac='52:54:00:00:00:09' ip='10.7.0.11'/><host id='0:1:2:3' name='six' ip='fd07::11'/>
<host id='0:1:2:4' ip='fd07::14'/><host name='six' ip='fd07::15'/><host mac='52:54:00:00:00:07' ip='10.8.0.7'/>
<host mac='52:54:00:00:00:08' name='l' ip='10.7.0.18'><lease expiry='5' unit='minutes'/></host>""",
    5: """<range start='10.7.0.100' end='10.7.0.150'/><range start='10.7.0.160' end='10.7.0.170'/><range start='10.7.0.120' end='10.7.0.130'/>
<range start='10.9.0.1' end='10.9.0.2'/><range start='fd07::100' end='fd07::200'/><range start='fd07::300' end='fd07::400'/>
<range start='10.7.0.9' end='10.7.0.2'/><range start='10.7.0.180' end='10.7.0.190'><lease expiry='1' unit='hours'/></range>""",
    6: "<interface dev='eth0'/>", 7: "<interface dev='eth0'/><interface dev='eth1'/>", 8: "<pf dev='eth0'/>",
    9: """<portgroup name='pg1'/><portgroup name='pg2' default='yes'/><portgroup name='pg3'/><portgroup/>
<portgroup name='pg1' default='yes'><bandwidth><inbound average='200'/></bandwidth></portgroup>""",
    10: """<host ip='10.7.0.5'><hostname>h5</hostname></host><host ip='10.7.0.6'><hostname>h6</hostname><hostname>h66</hostname></host>
<host ip='10.7.0.5'/><host><hostname>h5</hostname></host><host ip='10.7.0.7'><hostname>h5</hostname></host><host ip='x'><hostname>q</hostname></host>""",
    11: "<txt name='t' value='v'/><txt name='t2' value='v2'/><txt name='t'/><txt value='v'/><txt name='t' value='other'/>",
    12: """<srv service='s' protocol='tcp'/><srv service='s2' protocol='udp' target='y' port='5'/><srv service='s3'/><srv service='s' protocol='udp'/>
<srv service='s' protocol='tcp' domain='t.test' target='x' port='1' priority='2' weight='3'/><srv protocol='tcp'/>""",
    13: "<x/>",
}
OFTEN = [4, 4, 4, 5, 5, 9, 10, 10, 11, 12]
ANEW = 25  # updates until the network is defined again


class Updates:
    def __init__(self, random, sides, running):
        self.random, self.sides, self.running, self.made = random, sides, running, 0
        self.items = {section: list(tree.fromstring(f"<all>{items}</all>")) for section, items in SECTIONS.items()}
        self.mutator = Mutator(random, [item for items in self.items.values() for item in items])
        self.networks = []

    def next(self):
        if self.made % ANEW == 0:
            self.networks = [self._define(side) for side in self.sides]
        self.made += 1
        choice = self.random.choice
        section = choice(OFTEN + list(self.items))
        item = choice(self.items[section if self.random.random() < 0.93 else choice(list(self.items))])
        update = (
            choice([1, 2, 2, 3, 3, 4] if self.random.random() < 0.9 else [0, 5]), section, choice([-1, -1, -1, 0, 1, 2, -2, 7]),
            self.mutator.change(item, choice([0, 0, 1])), choice([0, 1, 2, 2, 2, 3]))
        answers = []
        for side, network in zip(self.sides, self.networks):
            command, section, index, item, flags = update
            answer = side.ask(lambda asked: (network.update(command, section, index, asked.told(item), flags),))
            answers.append((*answer, *(without_chance(side.said(network.XMLDesc(flags))) for flags in (0, 1))))
        if answers[0] != answers[1]:
            self.made = 0  # or all that follows differs, too
        return update, answers

    def _define(self, side):
        side.clear()
        network = side.connection.networkDefineXML(side.told(NETWORK))
        if self.running:
            network.create()
        return network
