"""Hosts of one fabric as network namespaces on an underlay bridge, in the box that this runs in: on each virtnetd, virtnet-fabricd and
FRRouting of its own, on the first three a member of etcd; and guests on their networks."""
import json
import signal
import subprocess
import time

SCRATCH = "/tmp/virtnet"
OWN_FRR = 'mount --bind "$0"/frr-etc /etc/frr && mount --bind "$0"/frr-run /run/frr && exec "$@"'
MOST_ETCD = 3


def run(*command, text=None, check=True):
    done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(command)[:300]}: {(done.stderr or done.stdout).strip()[:2000]}")
    return done.stdout


def shell(text):
    return run("bash", "-ec", text)


def until(condition, what, seconds=30.0, pause=0.02):
    """Waits until it holds. Returns how long that took."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > seconds:
            raise SystemExit(f"not within {seconds:.0f} s: {what}")
        time.sleep(pause)
    return time.monotonic() - begin


class Host:
    def __init__(self, number):
        self.name, self.address = f"h{number}", f"192.0.2.{number}"
        self.folder = f"{SCRATCH}/{self.name}"
        self.programs = {}
        shell(f"""
            mkdir -p {self.folder}/{{etc,lib,run,fabric,frr-etc,frr-run}}; chown frr:frr {self.folder}/frr-run
            ip netns add {self.name}; ip -n {self.name} link set lo up
            ip link add u{number} type veth peer name eth0 netns {self.name}; ip link set u{number} master ul up
            ip -n {self.name} link set eth0 up; ip -n {self.name} addr add {self.address}/24 dev eth0
            ip netns exec {self.name} sysctl -qw net.ipv4.ip_forward=1""")

    def run(self, *command, text=None, check=True):
        return run("ip", "netns", "exec", self.name, *command, text=text, check=check)

    def start(self, program, *command):
        log = open(f"{self.folder}/{program}.log", "a", encoding="utf-8")
        self.programs[program] = subprocess.Popen(
            ["ip", "netns", "exec", self.name, "sh", "-c", OWN_FRR, self.folder, *command], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        return self.programs[program]

    def end(self, program, how=signal.SIGTERM):
        self.programs[program].send_signal(how)
        self.programs.pop(program).wait()

    def start_etcd(self, members):
        url = f"http://{self.address}"
        self.start("etcd", "etcd", "--name", self.name, "--data-dir", f"{self.folder}/etcd", "--logger", "zap", "--log-level", "warn",
                   "--listen-client-urls", url + ":2379", "--advertise-client-urls", url + ":2379",
                   "--listen-peer-urls", url + ":2380", "--initial-advertise-peer-urls", url + ":2380",
                   "--initial-cluster", ",".join(f"{member.name}=http://{member.address}:2380" for member in members))

    def start_virtnetd(self):
        self.start("virtnetd", "virtnetd", *self.folders("lib"))
        until(lambda: "Name" in self.virtnet("net-list", check=False), f"virtnetd of {self.name}")

    def start_fabricd(self):
        self.start("fabricd", "virtnet-fabricd", *self.folders("fabric"))

    def start_frr(self, *programs):
        """As their units start them."""
        for program in programs or ("zebra", "bfdd", "bgpd"):
            more = {"bgpd": ["-l", self.address, "-p", "179"], "zebra": ["-s", "90000000"]}.get(program, [])
            self.start(program, f"/usr/lib/frr/{program}", "-N", "virtnet", "-A", "127.0.0.1", "-P", "0", "--log", "stdout", *more)

    def folders(self, state):
        return ["--config-dir", self.folder + "/etc", "--state-dir", f"{self.folder}/{state}", "--runtime-dir", self.folder + "/run"]

    def join(self, endpoints):
        self.fabric("join", "--endpoints", endpoints, "--name", self.name, "--address", self.address, "--frr", "own")
        self.start_fabricd()
        self.start_frr()

    def virtnet(self, *words, text=None, check=True):
        """One call, or those of a text, by one process."""
        return self.run("virtnet", "--socket", self.folder + "/run/virtnet-sock", "--no-autostart", *words, text=text, check=check)

    def fabric(self, *words, check=True):
        return self.run("sh", "-c", OWN_FRR, self.folder, "virtnet-fabricd", *words, *self.folders("fabric"), check=check)

    def vtysh(self, *commands, check=True):
        return self.run(
            "sh", "-c", OWN_FRR, self.folder, "vtysh", "-N", "virtnet", *(word for command in commands for word in ("-c", command)), check=check)

    def neighbours(self):
        """BGP's sessions by address; none while it only begins."""
        text = self.vtysh("show bgp l2vpn evpn summary json", check=False)
        return json.loads(text).get("peers", {}) if text.strip() else {}

    def memory(self, program):
        """In MiB: what is resident, and this process's share of it. The namespace's wrapper has become the program."""
        with open(f"/proc/{self.programs[program].pid}/smaps_rollup", encoding="utf-8") as file:
            sizes = {line.split(":")[0]: int(line.split()[1]) for line in file if line.startswith(("Rss:", "Pss:"))}
        return sizes["Rss"] / 1024, sizes["Pss"] / 1024

    def bridge(self, network="lab"):
        return next(line.split()[1] for line in self.virtnet("net-info", network).splitlines() if line.startswith("Bridge:"))

    def plug(self, guest, bridge, mac=None, mtu=1450):
        """A guest in a namespace of its own."""
        shell(f"""
            ip netns add {guest}; ip link add v{guest} netns {self.name} type veth peer name eth0 netns {guest}
            ip -n {guest} link set eth0 {f'address {mac}' if mac else ''} mtu {mtu} up; ip -n {guest} link set lo up
            ip -n {self.name} link set v{guest} master {bridge} up""")


def pass_packets(namespaces, passes):
    """Whether what bridges forward there passes the rules for IP packets: where br_netfilter is loaded, as Docker and Kubernetes have it."""
    for namespace in namespaces:
        run(*(["ip", "netns", "exec", namespace] if namespace else []), "sh", "-c",
            f'for s in /proc/sys/net/bridge/bridge-nf-call-*; do [ ! -e "$s" ] || echo {int(passes)} > "$s"; done')


class Lab:
    def __init__(self, count):
        shell("ip link set lo up; ip link add ul type bridge; ip link set ul up; mkdir -p /etc/frr /run/frr")
        pass_packets([None], False)  # it stands for a switch
        self.hosts = [Host(number + 1) for number in range(count)]
        members = self.hosts[:MOST_ETCD]
        self.endpoints = ",".join(f"http://{host.address}:2379" for host in members)
        for host in members:
            host.start_etcd(members)
        for host in self.hosts:
            host.start_virtnetd()
        until(lambda: self.etcdctl("put", "/started", "1").strip() == "OK", "etcd")

    def etcdctl(self, *words):
        return self.hosts[0].run("env", "ETCDCTL_API=3", "etcdctl", f"--endpoints={self.endpoints}", *words, check=False)

    def is_meshed(self, hosts=None):
        hosts = hosts or self.hosts
        return all(sum(peer["state"] == "Established" for peer in host.neighbours().values()) >= len(hosts) - 1 for host in hosts)

    def end(self):
        for host in self.hosts:
            for program in list(host.programs):
                host.end(program, signal.SIGKILL)


def network(name, vni, subnet, pool=("20", "219"), dhcp=True):
    ranges = f"<dhcp><range start='{subnet}.{pool[0]}' end='{subnet}.{pool[1]}'/></dhcp>" if dhcp else ""
    return f"""<network><name>{name}</name><forward mode='nat'/><domain name='{name}.test'/>
      <ip address='{subnet}.1' prefix='24'>{ranges}</ip>
      <metadata><vn:network xmlns:vn='urn:virtnet:network:1'><vn:span vni='{vni}'/></vn:network></metadata></network>"""
