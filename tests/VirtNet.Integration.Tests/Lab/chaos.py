"""chaos.py SOCKET NETWORKS SEED: one round of random operations on networks of all kinds.

Prints a line for each error other than "it is (not) running already" and the loss of the daemon.
"""
import random
import sys
import libvirt

socket, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
libvirt.registerErrorHandler(lambda *_: None, None)
chance = random.Random(seed)


def definition(i):
    """Network number i; what varies from round to round is drawn anew."""
    other = f"10.{100 + i}.{chance.randrange(1, 250)}"
    dhcp = f"<dhcp><range start='10.{100 + i}.0.10' end='10.{100 + i}.0.{chance.randrange(50, 250)}'/></dhcp>"
    v4 = f"<ip address='10.{100 + i}.0.1' prefix='24'>{dhcp}</ip>"
    v6 = f"<ip family='ipv6' address='fd00:{100 + i}::1' prefix='64'/>"
    second = f"<ip address='{other}.1' prefix='24'/>" if not other.endswith(".0") else ""
    limit = f"<bandwidth><inbound average='{chance.randrange(100, 900)}'/></bandwidth>"
    bridge = f"<bridge name='vc{i}' stp='{chance.choice(['on', 'off'])}' delay='0'/>"
    mtu = chance.choice(["", "<mtu size='1400'/>"])
    route = f"<route address='172.{16 + i % 16}.{i}.0' prefix='24' gateway='10.{100 + i}.0.9'/>"
    body = [
        f"<forward mode='nat'/>{bridge}{mtu}{v4}",
        f"<forward mode='nat'><nat ipv6='yes'><port start='2000' end='3000'/></nat></forward>{bridge}{v4}{v6}{second}",
        f"<forward mode='route'/>{bridge}{limit}{v4}{route}",
        f"<forward mode='open'/>{bridge}{v4}",
        f"{bridge}{mtu}{v4}{v6}",
        f"{bridge}",
        f"<forward mode='nat' dev='up0'/>{bridge}<domain name='n{i}.test' localOnly='yes'/>{v4}",
        f"<forward mode='bridge'/><bridge name='else{i}'/>",
        "<forward mode='private'><interface dev='up0'/></forward>",
    ][i % 9]
    return f"<network><name>c{i}</name><uuid>00000000-0000-0000-0000-{i:012}</uuid>{body}</network>"


def update(network):
    i = int(network.name()[1:])
    kind = chance.choice(["host", "txt", "portgroup"])
    command = chance.choice([libvirt.VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, libvirt.VIR_NETWORK_UPDATE_COMMAND_DELETE])
    section, xml = {
        "host": (libvirt.VIR_NETWORK_SECTION_IP_DHCP_HOST, f"<host mac='52:54:00:00:00:01' ip='10.{100 + i}.0.5'/>"),
        "txt": (libvirt.VIR_NETWORK_SECTION_DNS_TXT, "<txt name='t' value='v'/>"),
        "portgroup": (libvirt.VIR_NETWORK_SECTION_PORTGROUP, "<portgroup name='p'/>"),
    }[kind]
    network.update(command, section, -1, xml, chance.choice([0, 1, 2, 3]))


operations = {
    "create": lambda c, i: c.networkLookupByName(f"c{i}").create(),
    "destroy": lambda c, i: c.networkLookupByName(f"c{i}").destroy(),
    "define": lambda c, i: c.networkDefineXML(definition(i)),
    "update": lambda c, i: update(c.networkLookupByName(f"c{i}")),
}
expected = {libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_NO_NETWORK, libvirt.VIR_ERR_OPERATION_UNSUPPORTED}
gone = {libvirt.VIR_ERR_RPC, libvirt.VIR_ERR_SYSTEM_ERROR, libvirt.VIR_ERR_NO_CONNECT}



def attempt(name, call):
    """Whether the daemon is still there."""
    try:
        call()
    except libvirt.libvirtError as e:
        if not connection.isAlive() or e.get_error_code() in gone:
            return False
        if e.get_error_code() not in expected:
            print(name, e.get_error_code(), e, flush=True)
    return True


try:
    connection = libvirt.open(f"network:///system?socket={socket}")
    names = {network.name() for network in connection.listAllNetworks()}
except libvirt.libvirtError:
    sys.exit()
work = [("define", i) for i in range(count) if f"c{i}" not in names]
work += [(chance.choice(["create", "create", "destroy", "define", "update"]), chance.randrange(count)) for _ in range(count)]
for name, i in work:
    if not attempt(name, lambda: operations[name](connection, i)):
        break
