"""The network: links with latency, loss and bandwidth, routes between those who are no neighbours, and separations."""
