"""Changes that make one document into another, which may be wrong."""
import copy
import xml.etree.ElementTree as tree

VALUES = """|0|1|-1|2| 5|5 |0x10|007|65535|65536|4294967295|4294967296|18446744073709551615|yes|no|on|off|YES|true|abc|a b|é|::1|fe80::1|fd00::5
10.0.0.1|10.0.0.0|10.0.0.256|10.0.1|255.255.255.0|255.0.255.0|0.0.0.0|192.168.122.255|10.7.0.99|10.7.0.255|52:54:00:aa:bb:cc|52:54:0:a:b:c
01:00:5e:00:00:01|../x|a/b|.|..|nat|route|bridge|private|passthrough|hostdev|open|none|ipv4|ipv6|tcp|udp|direct|hbr|virbr0|eth0|+5|5.0|1e3|&|*
localhost|example.com|example.com.|-x|64|128|129|32|33|4096|70000|_s""".replace("\n", "|").split("|") + ["x" * 70]


class Mutator:
    def __init__(self, random, documents):
        """Names and parts to put elsewhere are those of the documents."""
        self.random = random
        elements = [element for document in documents for element in document.iter()]
        self.tags = sorted({element.tag for element in elements})
        self.attributes = sorted({name for element in elements for name in element.attrib})
        self.parts = [element for element in elements if len(tree.tostring(element)) < 600]

    def change(self, document, times):
        document = copy.deepcopy(document)
        for _ in range(times):
            parents = {child: parent for parent in document.iter() for child in parent}
            self._change(self.random.choice(list(document.iter())), parents)
        return tree.tostring(document, encoding="unicode")

    def _change(self, element, parents):
        choice, parent = self.random.choice, parents.get(element)
        name = choice(sorted(element.attrib)) if element.attrib else choice(self.attributes)
        kind = choice(["remove", "repeat", "value", "value", "value", "drop", "text", "graft", "add", "blur", "rename", "shuffle"])
        if kind == "remove" and parent is not None:
            parent.remove(element)
        elif kind == "repeat" and parent is not None:
            parent.append(copy.deepcopy(element))
        elif kind == "value":
            element.set(name, choice(VALUES))
        elif kind == "drop":
            element.attrib.pop(name, None)
        elif kind == "text":
            element.text = choice(VALUES)
        elif kind == "graft":
            element.append(copy.deepcopy(choice(self.parts)))
        elif kind == "add":
            element.set(choice(self.attributes), choice(VALUES))
        elif kind == "blur":
            value = element.get(name, "")
            element.set(name, choice([value + " ", " " + value, value.upper(), value + "0", value[:-1], value + value]))
        elif kind == "rename" and parent is not None:
            element.tag = choice(self.tags)
        elif kind == "shuffle":
            children = list(element)
            self.random.shuffle(children)
            element[:] = children
