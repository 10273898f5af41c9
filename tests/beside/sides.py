"""The two daemons that are compared. Both run in one network namespace, so what only one of them can have is virtnetd's in other words."""
import re

import libvirt

libvirt.registerErrorHandler(lambda *_: None, None)
LIBVIRT = "network:///system?socket=/run/libvirt/libvirt-sock"
VIRTNET = "network:///system?socket=/run/virtnet/virtnet-sock"
# Addresses and bridges of running networks: as libvirt's side is told, and virtnetd's.
TWINS = [("10.7.", "10.17."), ("fd07", "fd17"), ("ub0", "ub1")]
SCHEMA = 92  # VIR_ERR_XML_INVALID_SCHEMA: the words are those of another checker


class Side:
    def __init__(self, uri, twins):
        self.connection, self.twins = libvirt.open(uri), twins

    def told(self, text):
        for ours, theirs in self.twins:
            text = text.replace(ours, theirs)
        return text

    def said(self, text):
        for ours, theirs in self.twins:
            text = text.replace(theirs, ours)
        return text

    def clear(self):
        for network in self.connection.listAllNetworks():
            if network.isActive():
                network.destroy()
            if network.isPersistent():
                network.undefine()

    def ask(self, call):
        """What a call brings: ("ok", …) or ("error", code, domain, text)."""
        try:
            return ("ok", *call(self))
        except libvirt.libvirtError as error:
            if error.get_error_code() == SCHEMA:
                return ("error", SCHEMA)
            return ("error", error.get_error_code(), error.get_error_domain(), self.said(error.get_error_message()))
        except (LookupError, SystemError) as error:  # of the bindings: a port without parameters, a message that is no text
            return ("bindings", type(error).__name__)


def both():
    return Side(LIBVIRT, []), Side(VIRTNET, TWINS)


def without_chance(xml):
    """A document without what each daemon makes up."""
    xml = re.sub(r"<uuid>(?!11111111-|aaaaaaaa-)[^<]*</uuid>", "<uuid/>", xml)
    return re.sub(r"(?m)^  <mac address='52:54:00:[^']*'/>\n", "", re.sub(r"interfaceid='(?!1111)[^']*'", "interfaceid=''", xml))
