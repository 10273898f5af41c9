"""measure.py [--networks N] [--rounds R] [--leases L] [--moves M]: measures a fabric of three hosts in the box that it runs in."""
import argparse
import json
import math
import os
import re
import statistics
import sys
import threading
import time

from lab import Lab, Host, network, pass_packets, run, shell, until
from netns import Acknowledgement, Echo, Neighbours, Probe, gratuitous_arp, rarp, send_frame

# Of Student's distribution, 97.5 %, by the number of rounds.
STUDENT = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36, 9: 2.31, 10: 2.26, 11: 2.23, 12: 2.20}
GUEST = "10.100.0"
SCRIPT = "/tmp/virtnet/bound"

words = argparse.ArgumentParser()
words.add_argument("--networks", type=int, default=200)
words.add_argument("--rounds", type=int, default=10)
words.add_argument("--leases", type=int, default=20)
words.add_argument("--moves", type=int, default=5)
words.add_argument("--seconds", type=int, default=1)
given = words.parse_args()
rows = []
begun = time.monotonic()


def note(text):
    print(f"[{time.monotonic() - begun:5.0f} s] {text}", file=sys.stderr, flush=True)


def row(what, measured, wanted=""):
    rows.append((what, measured, wanted))
    note(f"{what}: {measured}")


def milliseconds(times):
    if not times:
        return "none"
    return f"{statistics.median(times) * 1000:.0f} ms, worst {max(times) * 1000:.0f} ms ({len(times)} times)"


def names(host, *flags):
    return sum(line.startswith("n") for line in host.virtnet("net-list", "--name", *flags).split())


def cpu(host, program):
    """Seconds of processor time of a program so far."""
    with open(f"/proc/{host.programs[program].pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_quiet(hosts):
    """Until nothing is carried from one side to the other any more: the daemons have next to nothing to do for a second."""
    before = [cpu(host, program) for host in hosts for program in ("fabricd", "virtnetd")]
    time.sleep(1)
    return sum(cpu(host, program) for host in hosts for program in ("fabricd", "virtnetd")) - sum(before) < 0.15


def define(host, count, make):
    lines = []
    for number in range(count):
        path = f"{host.folder}/n{number}.xml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(make(number))
        lines.append(f"net-define {path}")
    host.virtnet(text="\n".join([*lines, ""]))


def mark(host, count):
    host.virtnet(text="\n".join([*(f"net-autostart n{number}" for number in range(count)), ""]))


def start(host, count):
    began = time.monotonic()
    host.virtnet(text="\n".join([*(f"net-start n{number}" for number in range(count)), ""]))
    return time.monotonic() - began


def spanning(number):
    return network(f"n{number}", 10000 + number, f"10.{101 + number // 250}.{number % 250}")


def alone(number):
    return re.sub(r"<metadata>.*</metadata>", "", spanning(number), flags=re.DOTALL)


def measure_networks(lab, single):
    """Networks on two hosts, and a third host that joins when they are there."""
    count, (first, second, third) = given.networks, lab.hosts
    empty = {program: [host.memory(program) for host in (first, second)] for program in ("zebra", "bgpd", "virtnetd")}
    note(f"{count} networks are defined on one host")
    began = time.monotonic()
    define(first, count, spanning)
    until(lambda: names(second, "--all") >= count, "all networks on the second host", seconds=180, pause=0.1)
    row("defined on one host, defined on another", f"{(time.monotonic() - began) / count * 1000:.1f} ms a network")
    times = [start(host, count) / count for host in (first, second)]
    row("started", f"{statistics.median(times) * 1000:.1f} ms a network and host", "7 ms for its devices alone")
    mark(first, count)
    until(lambda: names(second, "--autostart") >= count, "the marks for boot on the second host", seconds=120, pause=0.1)
    until(lambda: is_quiet((first, second)), "the first two hosts to come to rest", seconds=120)
    for host in (first, second):
        note(f"{host.name}: processor time of virtnetd {cpu(host, 'virtnetd'):.1f} s, of virtnet-fabricd {cpu(host, 'fabricd'):.1f} s")

    began = time.monotonic()
    third.join(lab.endpoints)
    until(lambda: names(third, "--all") >= count, "all networks on the host that joins", seconds=180, pause=0.05)
    defined = time.monotonic() - began
    until(lambda: names(third) >= count, "all networks to run there", seconds=180, pause=0.05)
    row("a host joins: has all definitions", f"{defined:.1f} s", "5 s")
    row("a host joins: all run", f"{time.monotonic() - began:.1f} s", "5 s")
    until(lab.is_meshed, "the sessions of BGP", seconds=60)
    until(lambda: is_quiet(lab.hosts), "all hosts to come to rest", seconds=120)
    note(f"{third.name}: processor time of virtnetd {cpu(third, 'virtnetd'):.1f} s, of virtnet-fabricd {cpu(third, 'fabricd'):.1f} s")
    until(lambda: all(host.vtysh("show evpn vni").count("vn") >= count for host in lab.hosts), "zebra to know all networks", seconds=30)
    before = sum(peer["pfxRcd"] for peer in third.neighbours().values())
    row("routes that a host hears", f"{before}", "none for what is for everybody")
    until(lambda: all(third.run("bridge", "fdb", "show", "dev", f"vn{10000 + number}").count("00:00:00:00:00:00 dst") == 2 for number in (0, count - 1)),
          "what is for everybody to go to both others", seconds=30)
    frr = [tuple(sum(sizes) for sizes in zip(host.memory("zebra"), host.memory("bgpd"))) for host in lab.hosts]
    was = [tuple(sum(sizes) for sizes in zip(*each)) for each in zip(empty["zebra"], empty["bgpd"])]
    row("zebra and bgpd", f"{max(pss for _, pss in frr):.1f} MiB PSS ({max(rss for rss, _ in frr):.1f} RSS; without networks {max(p for _, p in was):.1f} PSS)",
        "40 MiB")

    note("the same networks on a host by itself")
    bare = single.memory("virtnetd")[1]
    define(single, count, alone)
    start(single, count)
    time.sleep(5)
    each = [(host.memory("virtnetd")[1] - empty["virtnetd"][place][1]) / count * 1024 for place, host in enumerate((first, second))]
    row("virtnetd", f"{max(host.memory('virtnetd')[1] for host in lab.hosts):.1f} MiB PSS, {max(each):.0f} KiB a network",
        f"as on a host by itself: {single.memory('virtnetd')[1]:.1f} MiB, {(single.memory('virtnetd')[1] - bare) / count * 1024:.0f} KiB a network")
    row("virtnet-fabricd", f"{max(host.memory('fabricd')[1] for host in lab.hosts):.1f} MiB PSS")
    row("etcd", f"{max(host.memory('etcd')[1] for host in lab.hosts):.1f} MiB PSS")


def obtain(guest, device):
    """An address by DHCP."""
    if not os.path.exists(SCRIPT):
        with open(SCRIPT, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\n[ "$1" != bound ] || ip addr add "$ip/24" dev "$interface"\n')
        os.chmod(SCRIPT, 0o755)
    run("ip", "netns", "exec", guest, "udhcpc", "-i", device, "-n", "-q", "-f", "-t", "5", "-T", "2", "-s", SCRIPT, "-x", f"hostname:{guest}")


def address_of(guest, device):
    return json.loads(run("ip", "-n", guest, "-j", "-4", "addr", "show", device))[0]["addr_info"][0]["local"]


def measure_leases(lab):
    first, others = lab.hosts[0], lab.hosts[1:]
    known, named = [], []
    for number in range(given.leases):
        guest, mac = f"g{number}", f"52:54:00:00:80:{number:02x}"
        first.plug(guest, first.bridge(), mac)
        ears, acknowledged = [Neighbours(host.name) for host in others], Acknowledgement(guest)
        client = threading.Thread(target=obtain, args=(guest, "eth0"))
        client.start()
        when = acknowledged.wait()
        client.join()
        address = address_of(guest, "eth0")
        heard = [ear.when_known(address, mac, 5) for ear in ears]
        for ear in ears:
            ear.socket.close()
        if None in heard:
            note(f"{guest} at {address} was not heard of within 5 s")
            continue
        known.append(max(heard) - when)
        until(lambda: address in others[0].run("dig", "+short", "+tries=1", "+time=1", f"@{GUEST}.1", f"{guest}.lab.test", check=False),
              "the name on another host", seconds=10, pause=0.005)
        named.append(time.monotonic() - when)
    row("lease until all other hosts know the guest", milliseconds(known), "250 ms")
    row("lease until its name is answered there, the question included", milliseconds(named))


def measure_moves(lab):
    """A guest with a port on two hosts, of which one at a time is its own."""
    asking, homes = lab.hosts[0], lab.hosts[1:]
    asker, mover = "ask", "mov"
    asking.plug(asker, asking.bridge())
    shell(f"ip -n {asker} addr add {GUEST}.5/24 dev eth0; ip netns add {mover}; ip netns exec {mover} sysctl -qw net.ipv6.conf.default.disable_ipv6=1 "
          f"net.ipv4.conf.default.arp_notify=0")
    Echo(mover)
    asker_mac = json.loads(run("ip", "-n", asker, "-j", "link", "show", "eth0"))[0]["address"]
    bridges = {home.name: home.bridge() for home in homes}

    def appear(home, device, mac):
        """A port of the guest's, made as QEMU's are: of the guest's address but for the first octet. What a guest knows moves with it."""
        shell(f"""
            ip link add {device} netns {home.name} type veth peer name {device} netns {mover}
            ip -n {mover} link set {device} address {mac} mtu 1450; ip -n {mover} link set {device} up
            ip -n {mover} neigh replace {GUEST}.5 lladdr {asker_mac} dev {device} nud permanent
            ip -n {home.name} link set {device} address fe{mac[2:]}; ip -n {home.name} link set {device} master {bridges[home.name]} up""")

    number = 0
    for kind in ("gratuitous ARP", "RARP", "nothing"):
        gaps = []
        for _ in range(given.moves):
            number += 1
            mac, old, new = f"52:54:00:00:90:{number:02x}", f"o{number}", f"w{number}"
            source, target = homes[number % 2], homes[1 - number % 2]
            appear(source, old, mac)
            obtain(mover, old)
            address = address_of(mover, old)
            run("ip", "netns", "exec", asker, "ping", "-c", "3", "-i", "0.2", "-W", "2", address)
            time.sleep(1)
            probe = Probe(asker, address)
            time.sleep(0.5)
            if kind != "nothing":
                appear(target, new, mac)
                time.sleep(0.3)
                shell(f"ip -n {mover} addr del {address}/24 dev {old}; ip -n {mover} link set {old} down; ip -n {mover} addr add {address}/24 dev {new}")
                send_frame(mover, new, gratuitous_arp(mac, address) if kind == "gratuitous ARP" else rarp(mac))
            else:
                # The guest says nothing: what comes tells it that it runs elsewhere, and its answer is its first frame there.
                appear(target, new, mac)
                shell(f"ip -n {mover} addr add {address}/24 dev {new} metric 2000")
                time.sleep(0.3)
                shell(f"ip -n {source.name} link del {old}")
            time.sleep(1.5)
            try:
                gaps.append(probe.longest_gap())
            except ValueError:
                note(f"a move with {kind}: no answers")
            shell(f"ip -n {mover} link del {new}; ip -n {mover} link del {old} 2>/dev/null || true")
        row(f"outage of a guest that moves: {kind}", milliseconds(gaps), "150 ms")


def measure_throughput(lab):
    first, second = lab.hosts[:2]
    for guest, host in (("t1", first), ("t2", first), ("t3", second)):
        host.plug(guest, host.bridge())
    # The plain bridge, with the full packets that it has; and two hosts with a tunnel between their bridges and no rule at all: what
    # there is to be had.
    shell("""
        ip netns add pb; ip -n pb link add br0 type bridge; ip -n pb link set br0 up
        for n in 1 2; do ip netns add p$n; ip link add pp$n netns pb type veth peer name eth0 netns p$n
          ip -n pb link set pp$n master br0 up; ip -n p$n addr add 10.99.0.$n/24 dev eth0; ip -n p$n link set eth0 up
          ip netns add x$n; ip link add ux$n type veth peer name eth0 netns x$n; ip link set ux$n master ul up
          ip -n x$n link set eth0 up; ip -n x$n addr add 192.0.2.10$n/24 dev eth0
          ip -n x$n link add br0 type bridge; ip -n x$n link set br0 up
          ip -n x$n link add vn9 type vxlan id 9 dstport 4789 local 192.0.2.10$n remote 192.0.2.10$((3-n))
          ip -n x$n link set vn9 master br0 mtu 1450 up
          ip netns add y$n; ip link add vy$n netns x$n type veth peer name eth0 netns y$n
          ip -n x$n link set vy$n master br0 up; ip -n y$n addr add 10.98.0.$n/24 dev eth0; ip -n y$n link set eth0 mtu 1450 up; done""")
    for number, guest in ((1, "t1"), (2, "t2"), (3, "t3")):
        shell(f"ip -n {guest} addr add {GUEST}.{10 + number}/24 dev eth0")
    servers = [threading.Thread(target=run, args=("ip", "netns", "exec", guest, "iperf3", "-s", "-D")) for guest in ("t3", "p2", "y2")]
    for server in servers:
        server.start()
        server.join()
    run("ip", "netns", "exec", "t1", "ping", "-c", "3", "-i", "0.2", "-W", "2", f"{GUEST}.13")

    def gigabits(guest, address):
        text = run("ip", "netns", "exec", guest, "iperf3", "-J", "-t", str(given.seconds), "-O", "0.2", "-c", address)
        return json.loads(text)["end"]["sum_received"]["bits_per_second"] / 1e9

    for passes, where in ((False, "where bridges' frames pass no IP rules"), (True, "where they do (br_netfilter)")):
        pass_packets([first.name, second.name, "pb", "x1", "x2"], passes)
        rates = {"plain": [], "across": [], "bare": []}
        for _ in range(given.rounds):
            for kind, guest, address in (("plain", "p1", "10.99.0.2"), ("across", "t1", f"{GUEST}.13"), ("bare", "y1", "10.98.0.2")):
                rates[kind].append(gigabits(guest, address))
        row(f"throughput across hosts, {where}", f"{statistics.median(rates['across']):.1f} Gbit/s of {statistics.median(rates['plain']):.1f} on a plain "
            f"bridge: {share(rates['across'], rates['plain'])}, worst {min(map(float.__truediv__, rates['across'], rates['plain'])) * 100:.0f} %", "75 %")
        row("  of a tunnel without any rules", f"{share(rates['bare'], rates['plain'])} of a plain bridge; across hosts {share(rates['across'], rates['bare'])} of that")


def share(rates, of):
    """Both of the same rounds."""
    shares = [rate / other for rate, other in zip(rates, of)]
    margin = STUDENT.get(len(shares), 2.1) * statistics.stdev(shares) / math.sqrt(len(shares))
    return f"{statistics.mean(shares) * 100:.0f} % ± {margin * 100:.0f} (95 %, {len(shares)} rounds)"


lab = Lab(3)
single = Host(9)
single.start_virtnetd()
for host in lab.hosts[:2]:
    host.join(lab.endpoints)
until(lambda: lab.is_meshed(lab.hosts[:2]), "the sessions of BGP")
try:
    measure_networks(lab, single)
    lab.hosts[0].virtnet("net-define", "/dev/stdin", text=network("lab", 5077, GUEST))
    for host in lab.hosts:
        until(lambda: host.virtnet("net-uuid", "lab", check=False).strip(), f"network lab on {host.name}", seconds=30)
        host.virtnet("net-start", "lab")
    until(lambda: all("00:00:00:00:00:00 dst" in host.run("bridge", "fdb", "show", "dev", "vn5077", check=False) for host in lab.hosts), "its tunnels")
    time.sleep(2)
    measure_leases(lab)
    measure_moves(lab)
    measure_throughput(lab)
finally:
    lab.end()
    single.end("virtnetd")
width = max(len(what) for what, _, _ in rows)
for what, measured, wanted in rows:
    print(f"{what:{width}}  {measured}{f'   [{wanted}]' if wanted else ''}")
note("done")
