"""xml: define an input, dump it --inactive, compare with the printed form in the test data.

The data show the parser alone. A daemon also fills in bridge name and MAC (netxml.daemon_form) and refuses some
definitions; cases in which that matters are listed in xml-exceptions.json.
"""
import os

import libvirt

from . import netxml
from .harness import Case, Failure, expect_error, same_text

NEEDS_DAEMON = False


def before_daemon(context):
    pass


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def run(context, report):
    special = context.overrides("cases/xml-exceptions.json", "cases")
    cases = []
    for name, source, printed in [*folders(context.data("cases")), *libvirts(context.data("cases/networkxml2xmlin"))]:
        expected = special.get(name) or expectation(printed)
        cases.append(Case(name, lambda s=source, e=expected: check(context, read(s), e)))
    report.run(cases, context.sweep)


def folders(place):
    """Cases of our own: one folder each, what is given and what is printed of it."""
    for name in sorted(os.listdir(place) if place else []):
        source = os.path.join(place, name, "in.xml")
        if os.path.exists(source):
            yield name, source, os.path.join(place, name, "out.xml")


def libvirts(inputs):
    """Cases in the layout of libvirt's own test data: two folders of files."""
    for file in sorted(os.listdir(inputs) if inputs else []):
        yield file.removesuffix(".xml"), os.path.join(inputs, file), os.path.join(inputs, "../networkxml2xmlout", file)


def expectation(printed):
    if not os.path.exists(printed):
        return {"refused": True}
    return {"inactive_xml": netxml.daemon_form(netxml.to_inactive(read(printed)))}


def check(context, source, expected):
    try:
        net = context.conn.networkDefineXML(source)
    except libvirt.libvirtError as e:
        if "code" in expected:
            return expect_error(e, expected["code"], expected["message"])
        if "refused" in expected:
            return None
        raise
    if "inactive_xml" not in expected:
        raise Failure(f"expected: an error {expected.get('message', '')}\ngot:      success")
    printed = netxml.mask_generated(net.XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE), source)
    if "<uuid>" not in source:
        printed = netxml.without_uuid(printed)
    same_text("dumpxml --inactive", expected["inactive_xml"], printed)
    # what was printed must be accepted again and come out unchanged
    again = context.conn.networkDefineXML(net.XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE))
    same_text("printed form, defined again", net.XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE),
              again.XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE))
    return None
