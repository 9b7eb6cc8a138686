namespace LivePool.Plugin;

/// <summary>
/// Numbers that stand for engines: a slot below, and above it how often the slot was given away, so that the number of an
/// engine that is gone is no other's.
/// </summary>
internal static class EngineTable
{
    public const int MostEngines = 256;
    private const int SlotBits = 16;

    private static readonly Lock _gate = new();
    private static readonly Engine?[] _engines = new Engine?[MostEngines];
    private static readonly ulong[] _generations = new ulong[MostEngines];
    private static int _next;

    public static ulong Add(Engine engine)
    {
        lock (_gate)
        {
            // In turn, so that a render event on its way to an engine that is gone does not meet the next one.
            int slot = Array.IndexOf(_engines, null, _next);
            if (slot < 0)
                slot = Array.IndexOf(_engines, null);
            if (slot < 0)
                throw new StatusException(Status.Unavailable, $"there are {MostEngines} engines; destroy one");
            _next = (slot + 1) % MostEngines;
            _engines[slot] = engine;
            return (++_generations[slot] << SlotBits) | (uint)slot;
        }
    }

    public static Engine Find(ulong handle)
    {
        int slot = (int)(handle & ((1 << SlotBits) - 1));
        lock (_gate)
        {
            if (slot < MostEngines && _engines[slot] is { } engine && _generations[slot] == handle >> SlotBits)
                return engine;
        }
        throw new StatusException(Status.InvalidEngine, handle == 0
            ? "the engine is 0; make one with livepool_create"
            : $"there is no engine 0x{handle:x}; it was destroyed, or never made");
    }

    /// <summary>The engine in a slot; null where there is none.</summary>
    public static Engine? AtSlot(int slot)
    {
        lock (_gate)
            return (uint)slot < MostEngines ? _engines[slot] : null;
    }

    /// <summary>The engine whose number has these lower 32 bits.</summary>
    public static Engine FindByLowBits(uint bits)
    {
        int slot = (int)(bits & ((1 << SlotBits) - 1));
        lock (_gate)
        {
            if (slot < MostEngines && _engines[slot] is { } engine && (ushort)_generations[slot] == bits >> SlotBits)
                return engine;
        }
        throw new StatusException(Status.InvalidEngine, $"there is no engine of texture number 0x{bits:x}");
    }

    public static int SlotOf(ulong handle) => (int)(handle & ((1 << SlotBits) - 1));

    public static void Remove(ulong handle)
    {
        lock (_gate)
            _engines[(int)(handle & ((1 << SlotBits) - 1))] = null;
    }
}
