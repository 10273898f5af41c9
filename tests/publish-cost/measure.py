"""measure.py [--rounds R] [--seconds S] [--networks N] [COUNT...]: measures publications in the box that it runs in, in turns."""
import argparse
import math
import statistics
import subprocess
import sys
import time

import libvirt

URI = "network:///system?socket=/run/virtnet/virtnet-sock"
ELEMENT = "urn:virtnet:network:1"
PUBLIC, CLIENT, GUEST, LAST_GUEST = "203.0.113.5", "203.0.113.100", "10.60.0.9", "10.60.0.10"
FIRST, MORE = 20000, 50000
# Of Student's distribution, 97.5 %, by the number of rounds.
STUDENT = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36, 9: 2.31, 10: 2.26, 11: 2.23, 12: 2.20, 15: 2.14, 20: 2.09}
UNITS = {"datagrams": "1/s", "connections": "1/s", "one more": "ms", "one more, balanced": "ms", "net-publish": "ms"}

words = argparse.ArgumentParser()
words.add_argument("--rounds", type=int, default=10)
words.add_argument("--seconds", type=float, default=1.0)
words.add_argument("--networks", type=int, default=100)
words.add_argument("counts", type=int, nargs="*", default=[1, 100, 1000])
given = words.parse_args()
libvirt.registerErrorHandler(lambda *_: None, None)


def run(*command, text=None, check=True):
    done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def shell(text):
    return run("bash", "-ec", text)


def make_world():
    """A client beyond an uplink, and two guests on the first network's bridge."""
    shell(f"""
        sysctl -qw net.ipv4.ip_forward=1 net.netfilter.nf_conntrack_max=2000000
        for s in /proc/sys/net/bridge/bridge-nf-call-ip*tables; do [ ! -e $s ] || echo 0 >$s; done
        ip netns add client; ip link add up0 type veth peer name eth0 netns client
        ip addr add 203.0.113.1/24 dev up0; ip addr add {PUBLIC}/24 dev up0; ip link set up0 up
        ip -n client addr add {CLIENT}/24 dev eth0; ip -n client link set eth0 up; ip -n client link set lo up
        ip netns exec client sysctl -qw net.ipv4.ip_local_port_range='1024 65000'
        ip netns add guest; ip link add g0 type veth peer name eth0 netns guest; ip -n guest link set lo up""")


def plug_guest():
    shell(f"""
        ip link set g0 master vb0 up
        ip -n guest addr add {GUEST}/24 dev eth0; ip -n guest addr add {LAST_GUEST}/24 dev eth0; ip -n guest link set eth0 up
        ip -n guest route add default via 10.60.0.1
        ip netns exec guest nft 'table netdev d {{ chain i {{ type filter hook ingress device eth0 priority 0; udp dport 81 drop; }}; }}'""")
    return subprocess.Popen(["ip", "netns", "exec", "guest", "/tmp/load", "serve", "80"])


def is_in_force(backend):
    """What the backend before it has left behind is removed a moment after networks have its own rules."""
    nftables = "inet virtnet" in run("nft", "list", "tables")
    iptables = "vb0" in run("iptables-save")
    return nftables and not iptables if backend == "nftables" else iptables and not nftables


def start_daemon(backend):
    with open("/tmp/virtnet/conf", "w", encoding="utf-8") as conf:
        conf.write(f'firewall_backend = "{backend}"\n')
    log = open("/tmp/virtnet/log", "a", encoding="utf-8")
    daemon = subprocess.Popen(
        ["virtnetd", "--config", "/tmp/virtnet/conf", "--config-dir", "/tmp/virtnet/config", "--state-dir", "/tmp/virtnet/state",
         "--runtime-dir", "/run/virtnet"], stdout=log, stderr=log)
    while daemon.poll() is None:
        try:
            connection = libvirt.open(URI)
            while connection.numOfNetworks() > 0 and not is_in_force(backend):
                time.sleep(0.05)
            return daemon, connection
        except libvirt.libvirtError:
            time.sleep(0.01)
    raise SystemExit("virtnetd has ended: " + open("/tmp/virtnet/log", encoding="utf-8").read()[-2000:])


def element(ports, extra=""):
    return "<network>" + "".join(
        f"<publish protocol='{protocol}' port='{port}' address='{PUBLIC}'><to address='{GUEST}' port='{to}'/></publish>"
        for port in ports for protocol, to in (("tcp", 80), ("udp", 81))) + extra + "</network>"


def virtnet(*calls):
    """All by one process: what it costs to start one is not what is measured."""
    done = subprocess.run(["virtnet", "-c", URI], input="\n".join([*calls, ""]), text=True, capture_output=True, check=False)
    if done.returncode or done.stderr:
        raise SystemExit(f"virtnet: {done.stderr.strip()}")


def change(number, text):
    """The call that publishes exactly this; nothing where it is empty."""
    return f'net-metadata n{number} {ELEMENT} --live ' + (f'--key vn --set "{text}"' if text else "--remove")


def publish(count):
    """The measured port is in the middle of all; it is the first network's, those of the others lead to guests that are not there."""
    share = [[] for _ in range(given.networks)]
    for i in range(count):
        share[0 if i == count // 2 else i % given.networks].append(FIRST + i)
    for number, ports in enumerate(share):
        virtnet(change(number, element(ports).replace("10.60.0.", f"10.60.{number}.") if ports else element([])))
    return share[0]


def rules_of_a_hook(count):
    """For each port a translation and a door, inserted before libvirt's own chains, as the script of its documentation does."""
    nat, doors = ["*nat"], ["*filter"]
    for i in range(count):
        for protocol, to in (("tcp", 80), ("udp", 81)):
            nat.append(f"-A PREROUTING -d {PUBLIC} -p {protocol} --dport {FIRST + i} -j DNAT --to-destination {GUEST}:{to}")
            door = to if i == count // 2 else 30000 + i
            doors.append(f"-I FORWARD -o vb0 -d {GUEST} -p {protocol} --dport {door} -j ACCEPT")
    run("iptables-restore", "--noflush", text="\n".join([*nat, "COMMIT", *doors, "COMMIT", ""]))


def load(kind, port, title):
    """Datagrams count where the guest gets them."""
    received = "/sys/class/net/eth0/statistics/rx_packets"
    before = int(run("ip", "netns", "exec", "guest", "cat", received))
    try:
        rate = float(run("ip", "netns", "exec", "client", "/tmp/load", kind, PUBLIC, str(port), str(given.seconds)))
    except SystemExit as failure:
        raise SystemExit(f"{title}: {failure}") from None
    if kind == "datagrams":
        rate = (int(run("ip", "netns", "exec", "guest", "cat", received)) - before) / given.seconds
        if rate < 100:
            raise SystemExit(f"{title}: datagrams do not reach the guest")
    if rate == 0:
        raise SystemExit(f"{title}: the guest is not reached")
    run("conntrack", "-F", check=False)
    return rate


def milliseconds(work):
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


def measure_more(ports):
    """What one more costs of those that there are, and taking it back; and the command as a whole."""
    two = (f"<publish protocol='tcp' port='{MORE}' address='{PUBLIC}'><to address='{GUEST}' port='80'/>"
           f"<to address='{LAST_GUEST}' port='80'/></publish>")
    start = min(milliseconds(lambda: virtnet("net-info n0")) for _ in range(3))
    there = change(0, element(ports))
    times = {}
    for title, text in (("one more", element([*ports, MORE])), ("one more, balanced", element(ports, two))):
        times[title] = (milliseconds(lambda: virtnet(*[change(0, text), there] * 10)) - start) / 20
    times["net-publish"] = milliseconds(lambda: virtnet(f"net-publish n0 {PUBLIC}:{MORE} {GUEST}:80 --live"))
    virtnet(f"net-unpublish n0 {PUBLIC}:{MORE} --live")
    return times


def show(title, values):
    mean = statistics.mean(values)
    spread = 0.0
    if len(values) > 1:
        factor = STUDENT[max(n for n in STUDENT if n <= len(values))]
        spread = factor * statistics.stdev(values) / math.sqrt(len(values))
    print(f"{title:<58} {mean:12.1f} ± {spread:9.1f} {UNITS[title.split(': ')[-1]]} ({len(values)} rounds)", flush=True)


make_world()
daemon, connection = start_daemon("nftables")
for i in range(given.networks):
    connection.networkDefineXML(
        f"<network><name>n{i}</name><forward mode='nat'/><bridge name='vb{i}' stp='off' delay='0'/><dns enable='no'/>"
        f"<ip address='10.60.{i}.1' prefix='24'/></network>").create()
server = plug_guest()
results = {}
try:
    for turn in range(given.rounds):
        for count in given.counts:
            ports = publish(count)
            port = FIRST + count // 2
            measured = {kind: load(kind, port, f"{count} published") for kind in ("datagrams", "connections")} | measure_more(ports)
            for kind, value in measured.items():
                results.setdefault(f"{count} published: {kind}", []).append(value)
        publish(0)
        connection.close()
        daemon.terminate()
        daemon.wait(30)
        daemon, connection = start_daemon("iptables")
        connection.close()
        daemon.terminate()  # its rules stay; it would put them before the script's again, which libvirt does not
        daemon.wait(30)
        for count in given.counts:
            saved = run("iptables-save")
            rules_of_a_hook(count)
            for kind in ("datagrams", "connections"):
                title = f"{count} by a hook script of libvirt's"
                results.setdefault(f"{title}: {kind}", []).append(load(kind, FIRST + count // 2, title))
            run("iptables-restore", text=saved)
        daemon, connection = start_daemon("nftables")
        print(f"round {turn + 1} of {given.rounds}", file=sys.stderr, flush=True)
    for title in sorted(results, key=lambda title: (title.split(": ")[1], "hook" in title, int(title.split()[0]))):
        show(title, results[title])
finally:
    server.kill()
    daemon.kill()
