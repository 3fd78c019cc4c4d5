"""Shortest plans (Dijkstra)."""

import heapq
import itertools

from . import graph


def plan(origin: int, destination: int, penalty: int = 1) -> list[dict]:
    nodes = graph.build(penalty)
    order = itertools.count()
    nodes[origin].minutes = 0
    queue = [(0, next(order), nodes[origin])]
    while queue:
        minutes, _, node = heapq.heappop(queue)
        if node.stop == destination:
            break
        if minutes > node.minutes:
            continue
        for edge in node.edges:
            arrival = minutes + edge.minutes
            if arrival < edge.head.minutes:
                edge.head.minutes, edge.head.via = arrival, edge
                heapq.heappush(queue, (arrival, next(order), edge.head))
    legs, node = [], nodes[destination]
    while node.via is not None:
        legs.append({"from": node.via.tail.stop, "to": node.stop, "minutes": node.via.minutes})
        node = node.via.tail
    return legs[::-1]
