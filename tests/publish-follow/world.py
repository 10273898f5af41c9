"""What is around virtnet in the box: a client beyond an uplink, guests on a bridge, and the daemon."""
import contextlib
import ctypes
import json
import os
import select
import socket
import subprocess
import time

from dhcp_wire import answer, frame, link

URI = "network:///system?socket=/run/virtnet/virtnet-sock"
PUBLIC, GATEWAY = "203.0.113.5", "10.60.0.1"
SOURCES = [f"198.51.100.{i}" for i in range(1, 201)]
MAC = "52:54:00:00:60:09"  # of the guest that asks for addresses
LEASES = [f"10.60.0.{i}" for i in range(100, 250)]
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def shell(text):
    done = subprocess.run(["bash", "-ec", text], text=True, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{text.strip()}: {done.stderr.strip()}")
    return done.stdout


@contextlib.contextmanager
def inside(space):
    """Sockets that are opened in it belong to that namespace, and stay there. For one thread at a time."""
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    other = os.open(f"/run/netns/{space}", os.O_RDONLY)
    try:
        if libc.setns(other, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {space}")
        yield
    finally:
        libc.setns(own, CLONE_NEWNET)
        os.close(own)
        os.close(other)


def virtnet(*words):
    done = subprocess.run(["virtnet", "-c", URI, *words], text=True, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"virtnet {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def make():
    shell(f"""
        sysctl -qw net.ipv4.ip_forward=1
        ip netns add client; ip link add up0 type veth peer name eth0 netns client
        ip addr add 203.0.113.1/24 dev up0; ip addr add {PUBLIC}/24 dev up0; ip link set up0 up
        ip -n client addr add 203.0.113.100/24 dev eth0; ip -n client link set eth0 up; ip -n client link set lo up
        ip route add 198.51.100.0/24 via 203.0.113.100
        for s in {' '.join(SOURCES)}; do ip -n client addr add $s/32 dev lo; done
        ip netns add asks; ip link add g0 address 52:54:00:00:61:09 type veth peer name eth0 address {MAC} netns asks
        for i in 1 2 3; do ip netns add s$i; ip link add g$i type veth peer name eth0 netns s$i; done
        for n in asks s1 s2 s3; do ip -n $n link set lo up; done
        # It has every address at once and tells nobody: what is measured is not how soon it puts one on its link.
        ip netns exec asks sysctl -qw net.ipv4.conf.all.arp_ignore=8 net.ipv4.conf.eth0.arp_ignore=8""")


def start_daemon(backend):
    with open("/tmp/virtnet/conf", "w", encoding="utf-8") as conf:
        conf.write(f'firewall_backend = "{backend}"\n')
    with open("/tmp/virtnet/log", "a", encoding="utf-8") as log:
        daemon = subprocess.Popen(
            ["virtnetd", "--config", "/tmp/virtnet/conf", "--config-dir", "/tmp/virtnet/config", "--state-dir", "/tmp/virtnet/state",
             "--runtime-dir", "/run/virtnet"], stdout=log, stderr=log)
    end = time.monotonic() + 20
    while subprocess.run(["virtnet", "-c", URI, "net-list"], capture_output=True, check=False).returncode:
        if daemon.poll() is not None or time.monotonic() > end:
            raise SystemExit("virtnetd does not answer: " + open("/tmp/virtnet/log", encoding="utf-8").read()[-2000:])
        time.sleep(0.05)
    return daemon


def start_network():
    """Its guests' ends are put on the bridge as a hypervisor does it."""
    with open("/tmp/lab.xml", "w", encoding="utf-8") as file:
        file.write("<network><name>lab</name><forward mode='nat'/><bridge name='vb0' stp='off' delay='0'/>"
                   f"<ip address='{GATEWAY}' prefix='24'><dhcp><range start='{LEASES[0]}' end='{LEASES[-1]}'/></dhcp></ip></network>")
    virtnet("net-define", "/tmp/lab.xml")
    virtnet("net-start", "lab")
    shell(f"""
        for i in 0 1 2 3; do ip link set g$i master vb0 up; done
        for n in asks s1 s2 s3; do ip -n $n link set eth0 up; done
        for i in 1 2 3; do ip -n s$i addr replace 10.60.0.1$i/24 dev eth0; ip -n s$i route replace default via {GATEWAY}; done
        for a in {' '.join(LEASES)}; do ip -n asks addr replace $a/24 dev eth0; ip neigh replace $a lladdr {MAC} dev vb0 nud permanent; done
        ip -n asks neigh replace {GATEWAY} lladdr $(cat /sys/class/net/vb0/address) dev eth0 nud permanent
        ip -n asks route replace default via {GATEWAY}""")


def listen(space, port):
    """Takes connections, and has the kernel answer them: nobody needs to run for that."""
    with inside(space):
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("", port))
        server.listen(4096)
        server.setblocking(False)
        return server


def targets():
    """The published targets' states, as documents have them."""
    listed = json.loads(virtnet("net-publish-list", "lab", "-o", "json"))
    return [target["state"] for publication in listed["result"]["publications"] for target in publication["targets"]]


class Guest:
    """The one that asks for addresses."""

    def __init__(self):
        with inside("asks"):
            self.link = link()
        self.mac = bytes.fromhex(MAC.replace(":", ""))
        self.server = socket.inet_aton(GATEWAY)

    def ask(self, address):
        """A new lease of this address. Returns when its ACK came."""
        end = time.monotonic() + 10
        wanted = socket.inet_aton(address)
        while time.monotonic() < end:
            self.link.send(frame(self.mac, 1, b"\x32\x04" + wanted))
            if (offer := self.hear(2, 2.0)) is None:
                continue
            if offer[1] != wanted:
                raise SystemExit(f"{socket.inet_ntoa(offer[1])} is offered, not {address}")
            self.link.send(frame(self.mac, 3, b"\x32\x04" + wanted + b"\x36\x04" + self.server))
            if (given := self.hear(5, 2.0)) is not None:
                return given[0]
        raise SystemExit(f"no lease of {address}")

    def release(self, address):
        self.link.send(frame(self.mac, 7, b"\x36\x04" + self.server, socket.inet_aton(address)))

    def remember(self, address):
        """As after a restart: whether it may have its address still."""
        self.link.send(frame(self.mac, 3, b"\x32\x04" + socket.inet_aton(address)))

    def hear(self, kind, seconds):
        """When an answer of this kind came, and the address in it; None = none did."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and select.select([self.link], [], [], left)[0]:
            data = self.link.recv(2000)
            now = time.monotonic()
            got = answer(data)
            if got and got[0] == self.mac and got[2].get(53) == bytes([kind]):
                return now, got[1]
        return None
