"""probe.py LEASE GUEST_OF_NEIGHBOUR BASELINE: asks every question of a cell at once and judges the answers.

LEASE is what DHCP gave g1 or '' ; GUEST_OF_NEIGHBOUR its address or ''; BASELINE what a stranger reached before virtnet was there
("ctr,host": open or not), or ''. Prints two words (ok or what is wrong, comma-separated) and the raw answers:

  G  g1 has a lease, names, a way out with the host's address (v4, v6), and reaches g2
  I  the outside, a stranger and the neighbour's guest do not reach g1; g1 reaches the neighbour's guest and the hidden service of
     the host no more than strangers do; strangers reach the neighbour's guest no more than before; that guest still gets out
"""
import concurrent.futures
import ctypes
import errno
import os
import random
import socket
import struct
import sys

LEASE, NEIGHBOURS_GUEST, BASELINE = sys.argv[1:4]
GUEST = LEASE or "192.168.122.50"
UPLINK = ("203.0.113.2", "2001:db8:1::2")
LIBC = ctypes.CDLL(None, use_errno=True)
PATIENCE = 1.2
REFUSALS = {errno.ECONNREFUSED: "refused", errno.EHOSTUNREACH: "unreachable", errno.ENETUNREACH: "unreachable",
            errno.EACCES: "prohibited", errno.EPERM: "prohibited"}


def enter(namespace):
    """Moves this thread alone into a network namespace."""
    path = f"/run/netns/{namespace}" if namespace else "/proc/1/ns/net"
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if LIBC.setns(descriptor, 0x40000000):
            raise OSError(ctypes.get_errno(), f"setns {namespace}")
    finally:
        os.close(descriptor)


def connect(namespace, address, port):
    enter(namespace)
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as client:
        client.settimeout(PATIENCE)
        try:
            client.connect((address, port))
            return "nat" if client.recv(99).decode() in UPLINK else "open"
        except socket.timeout:
            return "drop"
        except OSError as error:
            return REFUSALS.get(error.errno, f"error {error.errno}")


def resolve(namespace):
    enter(namespace)
    number = random.randrange(65536)
    question = struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + b"\4test\7example\0" + struct.pack("!2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE)
        for _ in range(2):
            try:
                client.sendto(question, ("192.168.122.1", 53))
                answer = client.recv(512)
                return "ok" if answer[:2] == question[:2] and answer.endswith(socket.inet_aton("203.0.113.1")) else "wrong"
            except OSError:
                pass
    return "no"


questions = {
    "out4": (connect, "g1", "203.0.113.1", 80), "out6": (connect, "g1", "2001:db8:1::1", 80),
    "name": (resolve, "g1"), "g1>g2": (connect, "g1", "192.168.122.60", 9000),
    "up>g1": (connect, "up", GUEST, 9000), "p1>g1": (connect, "p1", GUEST, 9000), "up>g1/6": (connect, "up", "fd00:122::50", 9000),
    "g1>host": (connect, "g1", "192.168.122.1", 2222), "p1>host": (connect, "p1", "10.9.9.1", 2222),
    "up>host": (connect, "up", "203.0.113.2", 2222),
}
if not os.path.exists("/run/netns/g1"):  # the baseline: what is there without virtnet
    questions = {name: question for name, question in questions.items() if question[1] in ("p1", "up") and "g1" not in name}
elif NEIGHBOURS_GUEST:
    questions |= {"g1>ctr": (connect, "g1", NEIGHBOURS_GUEST, 8080), "ctr>g1": (connect, "ctr", GUEST, 9000)}
if NEIGHBOURS_GUEST:
    questions |= {"p1>ctr": (connect, "p1", NEIGHBOURS_GUEST, 8080), "up>ctr": (connect, "up", NEIGHBOURS_GUEST, 8080),
                  "ctr>out": (connect, "ctr", "203.0.113.1", 80)}
with concurrent.futures.ThreadPoolExecutor(len(questions)) as pool:
    running = {name: pool.submit(*question) for name, question in questions.items()}
    answers = {name: answer.result() for name, answer in running.items()}
raw = " ".join(f"{name}:{answer}" for name, answer in answers.items())


def reached(name):
    return answers.get(name) in ("open", "nat")


if not os.path.exists("/run/netns/g1"):
    print(f"ctr={reached('p1>ctr') or reached('up>ctr')},host={reached('p1>host') or reached('up>host')},out={reached('ctr>out')}")
    print(raw)
    sys.exit()

before = dict(item.split("=") for item in BASELINE.split(",") if item)
guests = [name for name, good in (
    ("lease", LEASE), ("name", answers["name"] == "ok"), ("out4", answers["out4"] == "nat"), ("out6", answers["out6"] == "nat"),
    ("g1>g2", reached("g1>g2"))) if not good]
crossed = [name for name in ("up>g1", "p1>g1", "up>g1/6", "ctr>g1") if reached(name)]
if reached("g1>ctr") and not (reached("p1>ctr") or reached("up>ctr")):
    crossed.append("g1>ctr")
if reached("g1>host") and not (reached("p1>host") or reached("up>host")):
    crossed.append("g1>host")
if before.get("ctr") == "False" and (reached("p1>ctr") or reached("up>ctr")):
    crossed.append("strangers>ctr")
if before.get("host") == "False" and (reached("p1>host") or reached("up>host")):
    crossed.append("strangers>host")
if before.get("out") == "True" and not reached("ctr>out"):
    crossed.append("ctr-cut")
print(",".join(guests) or "ok", ",".join(crossed) or "ok")
print(raw)
