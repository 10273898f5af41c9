"""measure.py [--times N] [--rate R] [--backend B]...: measures how soon publications follow, in the box that it runs in."""
import argparse
import collections
import errno
import select
import shutil
import socket
import statistics
import subprocess
import sys
import time

import world
from world import LEASES, MAC, PUBLIC, SOURCES, inside, shell, virtnet

PORT, GUEST_PORT, BALANCED = 8443, 443, 8080
DIES, RISES, ENDS = 2.0, 6.0, 10.0
CHECK = "interval='1' timeout='1' fall='2' rise='2'"

words = argparse.ArgumentParser()
words.add_argument("--times", type=int, default=50)
words.add_argument("--rate", type=int, default=500)
words.add_argument("--patience", type=float, default=3.5)
words.add_argument("--backend", action="append", choices=["nftables", "iptables"])
given = words.parse_args()


def show(title, seconds):
    print(f"  {title:<66} median {statistics.median(seconds) * 1e3:6.1f} ms, worst {max(seconds) * 1e3:6.1f} ms ({len(seconds)} times)", flush=True)


class Knocks:
    """Connections from outside to the published port, a new one each millisecond."""

    def __init__(self):
        self.poll = select.poll()
        self.open = {}

    def knock(self, wait):
        """When one of them was taken; None = none is yet."""
        with inside("client"):
            client = socket.socket()
        client.setblocking(False)
        client.connect_ex((PUBLIC, PORT))
        self.open[client.fileno()] = client
        self.poll.register(client, select.POLLOUT)
        end = time.monotonic() + wait
        while (left := end - time.monotonic()) > 0:
            for number, _ in self.poll.poll(left * 1e3):
                self.poll.unregister(number)
                client = self.open.pop(number)
                refused = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                client.close()
                if not refused:
                    return time.monotonic()
        return None

    def close(self):
        for client in self.open.values():
            client.close()


def reached(server):
    """The addresses of the guest's that connections have come to since."""
    addresses = set()
    while True:
        try:
            client, _ = server.accept()
        except BlockingIOError:
            return addresses
        addresses.add(client.getsockname()[0])
        client.close()


def until_taken(server, address, seconds=5.0):
    """When the first connection was there that came to this address of the guest's."""
    reached(server)
    knocks = Knocks()
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if (taken := knocks.knock(0.001)) is not None and address in reached(server):
                return taken
        raise SystemExit(f"the published port does not lead to {address}")
    finally:
        knocks.close()


def until_closed():
    """The guest has no address: nobody is reached any more."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        knocks = Knocks()
        taken = knocks.knock(0.05)
        knocks.close()
        if taken is None:
            return
    raise SystemExit("the published port still leads to the guest")


def follow(guest, server):
    times = []
    for i in range(given.times):
        until_closed()
        address = LEASES[i]
        acknowledged = guest.ask(address)
        times.append(until_taken(server, address) - acknowledged)
        guest.release(address)
    show("ACK of a lease until the published port leads to the guest", times)


def wait(guest):
    printed, ended = [], []
    for i in range(given.times):
        until_closed()
        waiting = subprocess.Popen(["virtnet", "-c", world.URI, "net-wait", "lab", MAC, "--timeout", "20"], stdout=subprocess.PIPE)
        time.sleep(0.3)  # it has subscribed by then
        address = LEASES[i]
        acknowledged = guest.ask(address)
        line = waiting.stdout.readline()
        printed.append(time.monotonic() - acknowledged)
        if waiting.wait(20) or line.decode().strip() != address:
            raise SystemExit(f"net-wait says {line}, and ends with {waiting.returncode}")
        ended.append(time.monotonic() - acknowledged)
        guest.release(address)
    show("ACK of a lease until net-wait has printed the address", printed)
    show("... and has ended", ended)


def reserve(guest, server):
    """The guest asks whether it may keep its address until it is refused; then it gets the reserved one, and is reached there."""
    refused, moved = [], []
    address = LEASES[0]
    guest.ask(address)
    for i in range(given.times):
        reserved = LEASES[(i + 1) % len(LEASES)]
        began = time.monotonic()
        command = subprocess.Popen(["virtnet", "-c", world.URI, "net-reserve", "lab", MAC, reserved],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        heard = None
        while heard is None and time.monotonic() < began + 5:
            guest.remember(address)
            heard = guest.hear(6, 0.005)
        if heard is None or command.wait(20):
            raise SystemExit("the old address is not refused")
        refused.append(heard[0] - began)
        acknowledged = guest.ask(reserved)
        moved.append(until_taken(server, reserved) - acknowledged)
        address = reserved
    virtnet("net-reserve", "lab", MAC, "--remove")
    guest.release(address)
    show("net-reserve (start of the command) until the old address is refused", refused)
    show("ACK of the reserved address until the published port leads there", moved)


def serve(servers):
    """Who is connected is told whom he has reached; run between other things."""
    for name, server in servers.items():
        while True:
            try:
                client, _ = server.accept()
            except BlockingIOError:
                break
            client.send(name.encode())
            client.close()


def load(servers):
    """R new connections a second, from each source in turn, each told whom it reached: (source, begun, who or why not, how long it took)."""
    poll = select.poll()
    numbers = {server.fileno(): name for name, server in servers.items()}
    for server in servers.values():
        poll.register(server, select.POLLIN)
    waiting, results = {}, []
    begun, sent, stage = time.monotonic(), 0, 0
    while (now := time.monotonic() - begun) < ENDS + given.patience + 0.5:
        if stage == 0 and now >= DIES:
            shell("ip link set g2 down")
            stage = 1
        elif stage == 1 and now >= RISES:
            shell("ip link set g2 up")
            stage = 2
        while now < ENDS and sent < now * given.rate:
            source = SOURCES[sent % len(SOURCES)]
            with inside("client"):
                client = socket.socket()
            client.setblocking(False)
            client.bind((source, 0))
            client.connect_ex((PUBLIC, BALANCED))
            waiting[client.fileno()] = (client, source, time.monotonic() - begun)
            poll.register(client, select.POLLIN)
            sent += 1
        for number, _ in poll.poll(1):
            if number in numbers:
                serve({numbers[number]: servers[numbers[number]]})
                continue
            if number not in waiting:
                continue
            client, source, at = waiting[number]
            try:
                who = client.recv(10).decode() or "closed"
            except BlockingIOError:
                continue
            except OSError as failure:
                who = errno.errorcode.get(failure.errno, "failed")
            del waiting[number]
            poll.unregister(number)
            results.append((source, at, who, time.monotonic() - begun - at))
            client.close()
        late = time.monotonic() - begun - given.patience
        for number in [number for number, (_, _, at) in waiting.items() if at < late]:
            client, source, at = waiting.pop(number)
            poll.unregister(number)
            results.append((source, at, "timeout", given.patience))
            client.close()
    return results


def balance():
    servers = {f"s{i}": world.listen(f"s{i}", 80) for i in (1, 2, 3)}
    to = "".join(f"<to address='10.60.0.1{i}' port='80'/>" for i in (1, 2, 3))
    element = (f"<network><publish protocol='tcp' port='{BALANCED}' address='{PUBLIC}' balance='source'>{to}"
               f"<check protocol='tcp' {CHECK}/></publish></network>")
    virtnet("net-metadata", "lab", "urn:virtnet:network:1", "--live", "--key", "vn", "--set", element)
    end = time.monotonic() + 10
    while world.targets() != ["up"] * 3:
        if time.monotonic() > end:
            raise SystemExit(f"the targets are {world.targets()}")
        serve(servers)
        time.sleep(0.1)
    results = load(servers)
    served = [(source, at, who) for source, at, who, _ in results if who in servers]
    late = [took for _, _, who, took in results if who in servers and took > 0.5]
    home = {}
    for source, at, who in sorted(served, key=lambda one: one[1]):
        if at < DIES:
            home.setdefault(source, who)
    lost = [(at, who) for _, at, who, _ in results if who not in servers]
    astray = [(source, at, who) for source, at, who in served if home.get(source, who) != who]
    living = [one for one in astray if home[one[0]] != "s2"]
    back = sorted(at for _, at, who in served if who == "s2" and at > RISES)
    ours = [source for source, who in home.items() if who == "s2"]
    returned = {source for source, at, who in served if who == "s2" and at > RISES and source in ours}
    share = collections.Counter(home.values())
    print(f"  one address, three guests, {given.rate} new connections a second from {len(SOURCES)} clients, check: {CHECK}")
    print(f"    before: {', '.join(f'{share[name]} clients at {name}' for name in servers)}; s2 vanishes at {DIES:.0f} s, is back at {RISES:.0f} s")
    print(f"    late by their clients' second or third attempt: {len(late)}"
          + (f", the latest after {max(late):.2f} s" if late else ""))
    print(f"    lost, of clients that wait {given.patience} s: {len(lost)} of {len(results)}" + (f", the last {max(at for at, _ in lost) - DIES:.2f} s after it vanished"
          f" ({', '.join(f'{count} {why}' for why, count in collections.Counter(why for _, why in lost).items())})" if lost else ""))
    print(f"    connections of s2's clients that others took: {len(astray) - len(living)}; of the others' clients that went elsewhere"
          f" although their guest lives: {len(living)}")
    print(f"    back: the first connection {back[0] - RISES:.2f} s after it rose, {len(returned)} of its {len(ours)} clients in the run"
          if back else "    back: never", flush=True)
    for server in servers.values():
        server.close()


world.make()
for backend in given.backend or ["nftables", "iptables"]:
    if backend == "iptables" and not shutil.which("iptables"):
        print("iptables is not installed", file=sys.stderr)
        continue
    daemon = world.start_daemon(backend)
    try:
        world.start_network()
        print(f"{backend}:", flush=True)
        server = world.listen("asks", GUEST_PORT)
        virtnet("net-publish", "lab", f"{PUBLIC}:{PORT}", f"{MAC}:{GUEST_PORT}", "--live")
        asking = world.Guest()
        follow(asking, server)
        wait(asking)
        reserve(asking, server)
        server.close()
        balance()
        virtnet("net-destroy", "lab")
        virtnet("net-undefine", "lab")
    finally:
        daemon.terminate()
        daemon.wait(30)
