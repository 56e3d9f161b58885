"""Where it happens: who is linked to whom, and how far apart they are.

`topologies.registry.build({"kind": "ring", "nodes": 10})` gives a `topologies.topology.Topology`.
"""
