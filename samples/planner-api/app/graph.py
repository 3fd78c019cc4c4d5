"""The network as objects, one graph per plan, since plans weigh it differently."""

from . import network


class Edge:
    def __init__(self, tail: "Node", head: "Node", minutes: int) -> None:
        self.tail = tail
        self.head = head
        self.minutes = minutes


class Node:
    def __init__(self, stop: int) -> None:
        self.stop = stop
        self.edges: list[Edge] = []
        self.minutes = float("inf")
        self.via: Edge | None = None

    def connect(self, other: "Node", minutes: int) -> None:
        self.edges.append(Edge(self, other, minutes))
        other.edges.append(Edge(other, self, minutes))


def build(penalty: int) -> dict[int, Node]:
    nodes = {stop: Node(stop) for stop in network.STOPS}
    for tail, head, minutes in network.LINES:
        nodes[tail].connect(nodes[head], minutes + penalty)
    return nodes
