using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Testing.Python;

/// <summary>A walk of a fake Python, asked by address.</summary>
public sealed class WalkedHeap
{
    private readonly Dictionary<Address, NodeId> _nodes = [];

    private WalkedHeap(HeapSnapshot snapshot)
    {
        Snapshot = snapshot;
        for (var i = 0; i < Graph.NodeCount; i++)
            _nodes[Graph.AddressOf(new NodeId(i))] = new NodeId(i);
    }

    public HeapSnapshot Snapshot { get; }

    public HeapGraph Graph => Snapshot.Graph;

    public static WalkedHeap Of(FakePython python, WalkOptions? options = null) =>
        new(new HeapWalker(PythonProcess.Attach(python)).Walk(options ?? new WalkOptions(Workers: 1), TimeSpan.Zero));

    public bool Has(Address address) => _nodes.ContainsKey(address);

    public NodeId Node(Address address) => _nodes[address];

    public TypeInfo Type(Address address) => Graph.TypeOf(Node(address));

    public long Size(Address address) => Graph.SizeOf(Node(address));

    public Address Field(Address address, string name) => AddressOf(Graph.Field(Node(address), name));

    /// <summary>Targets after the named fields; null for absent ones.</summary>
    public IReadOnlyList<Address> Tail(Address address) =>
        [.. Graph.EdgesOf(Node(address))[Type(address).Fields.Length..].ToArray().Select(edge => AddressOf(new NodeId(edge)))];

    public long Fault(string name) => Graph.Coverage.Faults.GetValueOrDefault(name);

    private Address AddressOf(NodeId node) => node.IsNone ? Address.Null : Graph.AddressOf(node);
}
