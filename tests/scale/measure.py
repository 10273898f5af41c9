"""measure.py N [--mixed]: measures N networks in the box that it runs in. A line is a measure, its value and its unit."""
import concurrent.futures
import os
import signal
import socket
import statistics
import struct
import subprocess
import sys
import time

import libvirt

N, MIXED = int(sys.argv[1]), "--mixed" in sys.argv
URI = "network:///system?socket=/run/virtnet/virtnet-sock"
FLOOR = 64  # bridges that the kernel's own share is measured with
CLIENTS = 32
DNS = b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\1x\0\0\1\0\1"
PLAIN = "<forward mode='nat'/>|<dhcp><range start='{a}.2' end='{a}.254'/></dhcp>|"
KINDS = [
    PLAIN,
    "<forward mode='route'/>|<dhcp><range start='{a}.2' end='{a}.254'/></dhcp>|",
    "|<dhcp><range start='{a}.2' end='{a}.254'/></dhcp>|",
    "<forward mode='open'/>||",
    "<forward mode='nat'><nat ipv6='yes'/></forward>||<ip family='ipv6' address='fd00:{i:x}::1' prefix='64'/>",
    "<forward mode='nat'/>||<ip address='172.{b}.{c}.1' prefix='24'/>",
    "<forward mode='nat'/>|<dhcp><range start='{a}.2' end='{a}.254'/>" + "".join(
        f"<host mac='52:54:00:00:00:{h:02x}' ip='{{a}}.{h}'/>" for h in range(2, 18)) + "</dhcp>|",
] if MIXED else [PLAIN]
libvirt.registerErrorHandler(lambda *_: None, None)


def subnet(i):
    return f"10.{60 + i // 250}.{i % 250}"


def definition(i):
    forward, dhcp, further = KINDS[i % len(KINDS)].format(a=subnet(i), i=i + 1, b=16 + i // 250 % 16, c=i % 250).split("|")
    return (f"<network><name>n{i}</name>{forward}<bridge name='vb{i}'/>"
            f"<ip address='{subnet(i)}.1' prefix='24'>{dhcp}</ip>{further}</network>")


def put(measure, value, unit):
    print(f"{measure:<52} {value:10.2f} {unit}", flush=True)


def timed(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def each(measure, work, items):
    times = [timed(lambda: work(item)) * 1e3 for item in items]
    put(f"{measure}, all", sum(times) / 1e3, "s")
    put(f"{measure}, median of the first hundred", statistics.median(times[:100]), "ms")
    put(f"{measure}, median of the last hundred", statistics.median(times[-100:]), "ms")
    put(f"{measure}, the slowest", max(times), "ms")


def start_daemon():
    log = open("/tmp/virtnet/log", "a", encoding="utf-8")
    return subprocess.Popen(
        ["virtnetd", "--config-dir", "/tmp/virtnet/config", "--state-dir", "/tmp/virtnet/state", "--runtime-dir", "/run/virtnet"],
        stdout=log, stderr=log)


def stop_daemon(daemon):
    daemon.terminate()
    daemon.wait(30)


def connect(daemon):
    """The first answer: a list of networks."""
    while daemon.poll() is None:
        try:
            connection = libvirt.open(URI)
            return connection, connection.listAllNetworks(libvirt.VIR_CONNECT_LIST_NETWORKS_ACTIVE)
        except libvirt.libvirtError:
            time.sleep(0.002)
    raise SystemExit("virtnetd has ended: " + open("/tmp/virtnet/log", encoding="utf-8").read()[-2000:])


def until_served(limit):
    """Until every network answers a question for a name."""
    waiting, end = [f"{subnet(i)}.1" for i in range(N)], time.perf_counter() + limit
    first = None
    while waiting and time.perf_counter() < end:
        left = []
        for address in waiting:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.settimeout(1)
                try:
                    client.connect((address, 53))
                    client.send(DNS)
                    client.recv(512)
                    first = first or time.perf_counter()
                except OSError:
                    left.append(address)
                    if time.perf_counter() > end:
                        break
        waiting = left
        if waiting:
            time.sleep(0.005)
    if waiting:
        print(f"  {len(waiting)} networks do not answer, {waiting[0]} among them")
    return first


def memory(daemon):
    with open(f"/proc/{daemon.pid}/smaps_rollup", encoding="ascii") as rollup:
        return next(int(line.split()[1]) for line in rollup if line.startswith("Pss:")) / 1024


def cpu(daemon):
    with open(f"/proc/{daemon.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def offer(i):
    """From DISCOVER to OFFER, in microseconds, of a client in network i that asked before; the median of many."""
    subprocess.run(["ip", "-batch", "-"], input=f"link add p0 type veth peer name g0\nlink set p0 master vb{i} up\nlink set g0 up\n", text=True, check=True)
    times = []
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as guest:
        guest.bind(("g0", 0x0800))
        guest.settimeout(1)
        mac = guest.getsockname()[4]
        for number in range(2100):
            message = struct.pack("!4sI20s6s202s4s4s", b"\1\1\6", number, b"", mac, b"", b"\x63\x82\x53\x63", b"\x35\1\1\xff").ljust(300, b"\0")
            header = struct.pack("!BBHIBBH4s4s", 0x45, 0, 328, 0, 64, 17, 0x79A6, b"\0" * 4, b"\xff" * 4)
            frame = b"\xff" * 6 + mac + b"\x08\0" + header + struct.pack("!HHHH", 68, 67, 308, 0) + message
            began = time.perf_counter()
            guest.send(frame)
            try:
                while guest.recv(2048)[46:50] != struct.pack("!I", number):
                    pass
            except TimeoutError:
                continue
            times.append(time.perf_counter() - began)
    subprocess.run(["ip", "link", "del", "p0"], check=True)
    return statistics.median(times[100:]) * 1e6 if len(times) > 2000 else float("nan")


def floor(deletion):
    batch = "".join(f"link add fl{i} group 99 type bridge\nlink set fl{i} up\naddr add 192.0.2.{i + 1}/32 dev fl{i}\n" for i in range(FLOOR))
    subprocess.run(["ip", "-batch", "-"], input=batch, text=True, check=True)
    return timed(lambda: subprocess.run(["ip", "-batch", "-"], input=deletion, text=True, check=True)) * 1e3 / FLOOR


def bystander():
    """Changes a link of another namespace all the time; at its end prints the longest time that took."""
    code = """
import signal, socket, struct, time
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); index = socket.if_nametoindex("d0"); longest = 0; ended = []
signal.signal(signal.SIGTERM, lambda *_: ended.append(1))
while not ended:
    t = time.perf_counter()
    s.send(struct.pack("=IHHIIBxHiIIHHI", 40, 19, 5, 1, 0, 0, 0, index, 0, 0, 8, 4, 1400)); s.recv(4096)
    longest = max(longest, time.perf_counter() - t); time.sleep(0.001)
print(longest * 1e3)"""
    return subprocess.Popen(["ip", "netns", "exec", "bystander", "python3", "-c", code], stdout=subprocess.PIPE, text=True)


daemon = start_daemon()
connection, _ = connect(daemon)
networks = []
put("define, all", timed(lambda: networks.extend(connection.networkDefineXML(definition(i)) for i in range(N))), "s")
before = cpu(daemon)
each("start one by one", lambda network: network.create(), networks)
put("start one by one, the daemon's CPU time a network", (cpu(daemon) - before) * 1e3 / N, "ms")
time.sleep(10)
put("PSS after 10 s", memory(daemon), "MiB")
put("PSS after 10 s, a network", memory(daemon) * 1024 / N, "KiB")
put("descriptors", len(os.listdir(f"/proc/{daemon.pid}/fd")), "")
for name, index in [("first", 0), ("last", (N - 1) // len(KINDS) * len(KINDS))]: # networks of the first kind, which has DHCP
    put(f"DISCOVER to OFFER, the {name} network, median", offer(index), "us")
for network in networks:
    network.setAutostart(1)
connection.close()

for _ in range(3):
    stop_daemon(daemon)
    began = time.perf_counter()
    daemon = start_daemon()
    connection, active = connect(daemon)
    put("restart, until the first answer", time.perf_counter() - began, "s")
    assert len(active) == N, f"{len(active)} of {N} networks are listed"
    connection.close()
    if (first := until_served(120)) is not None:
        put("restart, until the first answer of DNS", first - began, "s")
    put("restart, until all are served", time.perf_counter() - began, "s")
    put("restart, the daemon's CPU time", cpu(daemon), "s")

connection, active = connect(daemon)
put("kernel: remove a bridge, one by one", floor("".join(f"link del fl{i}\n" for i in range(FLOOR))), "ms")
groups = "".join(f"link set fl{i} group {100 + i // 16}\n" for i in range(FLOOR)) + "".join(f"link del group {100 + g}\n" for g in range(FLOOR // 16))
put("kernel: remove a bridge, in groups of 16", floor(groups), "ms")
few = [connection.networkLookupByName(f"n{i}") for i in range(min(N, FLOOR))]
put("destroy one by one, each", timed(lambda: [network.destroy() for network in few]) * 1e3 / len(few), "ms")
for network in few:
    network.create()


def destroy(part):
    client = libvirt.open(URI)
    for i in part:
        client.networkLookupByName(f"n{i}").destroy()
    client.close()


other = bystander()
time.sleep(0.5)
with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
    took = timed(lambda: list(pool.map(destroy, [range(i, N, CLIENTS) for i in range(CLIENTS)])))
other.send_signal(signal.SIGTERM)
put(f"destroy together ({CLIENTS} clients), all", took, "s")
put(f"destroy together ({CLIENTS} clients), each", took * 1e3 / N, "ms")
put("destroy together, longest wait of somebody else", float(other.communicate()[0]), "ms")
left = [line for line in subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout.splitlines() if ": vb" in line]
put("bridges left", len(left), "")

connection.close()
stop_daemon(daemon)
subprocess.run(["rm", "-rf", "/run/virtnet/networks", "/run/virtnet/autostarted"], check=True)
began = time.perf_counter()
daemon = start_daemon()
connect(daemon)[0].close()
put("cold start, until the first answer", time.perf_counter() - began, "s")
until_served(300)
put("cold start, until all are served", time.perf_counter() - began, "s")
stop_daemon(daemon)
