namespace LeakySpanner.CPython.Walk;

/// <summary>
/// Objects that the look at the arenas did not find: those over 512 bytes, static ones, frames, and those made since. They
/// turn up while edges are read, so this grows under the workers: looking up takes no lock, adding takes one. Nodes follow
/// those of the arenas in order of discovery.
/// </summary>
internal sealed class OutsideObjects(int firstNode, int limit)
{
    private readonly Lock _lock = new();
    private volatile Table _table = new(1 << 14);
    private volatile ulong[] _addresses = new ulong[1 << 12];
    private volatile int[] _rows = new int[1 << 12];
    private int _count;

    public int FirstNode => firstNode;

    public int Count => Volatile.Read(ref _count);

    public ulong AddressOf(int index) => _addresses[index];

    public int RowOf(int index) => _rows[index];

    /// <summary>For the one worker that reads this object.</summary>
    public void SetRow(int index, int row)
    {
        lock (_lock)
            _rows[index] = row;
    }

    public bool TryFind(ulong address, out int node)
    {
        var table = _table;
        var at = table.SlotOf(address);
        while (true)
        {
            var key = Volatile.Read(ref table.Keys[at]);
            if (key == 0)
            {
                node = -1;
                return false;
            }

            if (key == address)
            {
                node = table.Nodes[at];
                return true;
            }

            at = (at + 1) & (table.Keys.Length - 1);
        }
    }

    /// <summary>The node of an object that was verified just now, whoever verified it first.</summary>
    /// <returns>-1 where there are too many.</returns>
    public int Add(ulong address, int row)
    {
        lock (_lock)
        {
            if (TryFind(address, out var known))
                return known;
            if (_count >= limit || firstNode > int.MaxValue - 1 - _count)
                return -1;
            if (_count == _addresses.Length)
            {
                _addresses = Grown(_addresses);
                _rows = Grown(_rows);
            }

            _addresses[_count] = address;
            _rows[_count] = row;
            var node = firstNode + _count;
            if (_count * 2 >= _table.Keys.Length)
                _table = _table.Doubled();
            _table.Insert(address, node);
            Volatile.Write(ref _count, _count + 1);
            return node;
        }
    }

    private static T[] Grown<T>(T[] array)
    {
        var grown = new T[array.Length * 2];
        array.CopyTo(grown, 0);
        return grown;
    }

    private sealed class Table(int length)
    {
        public readonly ulong[] Keys = new ulong[length];
        public readonly int[] Nodes = new int[length];

        public int SlotOf(ulong address) => (int)((address * 0x9E3779B97F4A7C15UL) >> 32) & (Keys.Length - 1);

        public void Insert(ulong address, int node)
        {
            var at = SlotOf(address);
            while (Keys[at] != 0)
                at = (at + 1) & (Keys.Length - 1);

            // The node first: whoever sees the key without a lock must see its node.
            Nodes[at] = node;
            Volatile.Write(ref Keys[at], address);
        }

        public Table Doubled()
        {
            var doubled = new Table(Keys.Length * 2);
            for (var i = 0; i < Keys.Length; i++)
            {
                if (Keys[i] != 0)
                    doubled.Insert(Keys[i], Nodes[i]);
            }

            return doubled;
        }
    }
}
