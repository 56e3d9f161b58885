"""What happens: kernel, random streams, records, nodes, the network, protocols and workloads."""
