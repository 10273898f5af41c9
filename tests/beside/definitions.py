"""Definitions: whether they are taken, with what error, and how they are shown."""
import pathlib
import xml.etree.ElementTree as tree

from mutations import Mutator
from sides import without_chance


class Definitions:
    def __init__(self, random, sides, folder):
        self.random, self.sides, self.documents = random, sides, []
        for file in sorted(pathlib.Path(folder).rglob("*.xml")):
            try:
                self.documents.append(tree.parse(file).getroot())
            except tree.ParseError:
                pass  # some of the field are none
        self.mutator = Mutator(random, self.documents)
        for side in sides:
            side.clear()

    def next(self):
        document = self.mutator.change(self.random.choice(self.documents), self.random.choice([1, 1, 1, 2, 2, 3]))
        return document, [side.ask(lambda asked: self._define(asked, document)) for side in self.sides]

    @staticmethod
    def _define(side, document):
        network = side.connection.networkDefineXML(document)
        try:
            return (without_chance(network.XMLDesc(1)),)
        finally:
            network.undefine()
