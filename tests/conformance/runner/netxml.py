"""Turning generated values of a dumped network into what the expectation files hold."""
import re

GENERATED_MAC = re.compile(r"(<mac address=')52:54:00:[0-9a-f:]{8}('/>)")
AUTO_BRIDGE = re.compile(r"(<bridge name=')virbr\d+(')")
VIRTUAL_MODES = ("none", "nat", "route", "open")


def without_uuid(xml):
    return re.sub(r"\n  <uuid>[^<]*</uuid>", "", xml, count=1)


def has_top(xml, element):
    """Does the definition itself (not a host or a port) carry this element?"""
    return re.search(rf"<{element}\s", re.sub(r"<(dhcp|portgroup|dns)\b.*?</\1>", "", xml, flags=re.S)) is not None


def mask_generated(xml, source):
    """Replace values the daemon made up: the network's MAC and, when the input names no bridge, the bridge."""
    if not has_top(source.replace("<mac address=''/>", ""), "mac"):
        xml = GENERATED_MAC.sub(r"\1@MAC@\2", xml, count=1)
    if not re.search(r"<bridge[^>]*\sname=", source):
        xml = AUTO_BRIDGE.sub(r"\1virbr0\2", xml, count=1)
    return xml


def mode(xml):
    forward = re.search(r"<forward\b([^>]*)>", xml)
    if not forward:
        return "none"
    named = re.search(r"mode=['\"](\w+)", forward.group(1))
    return named.group(1) if named else "nat"


def daemon_form(printed):
    """From the form of the parser tests to what a daemon stores: bridge name and MAC are filled in."""
    if mode(printed) not in VIRTUAL_MODES:
        return printed
    if not re.search(r"<bridge[^>]*\sname=", printed):
        printed = re.sub(r"<bridge ", "<bridge name='virbr0' ", printed, count=1)
    if not has_top(printed, "mac"):
        last = list(re.finditer(r"^  <(?:bridge|mtu) [^\n]*/>\n", printed, re.M))[-1]
        printed = printed[:last.end()] + "  <mac address='@MAC@'/>\n" + printed[last.end():]
    return printed


def to_inactive(printed):
    """Drop what only live output shows: connection counts and the devices found behind a <pf>."""
    return re.sub(r" connections='\d+'", "", printed)
