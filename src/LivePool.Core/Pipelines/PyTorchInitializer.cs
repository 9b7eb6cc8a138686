using LivePool.Core.Tensors;

namespace LivePool.Core.Pipelines;

/// <summary>
/// PyTorch's random numbers, number for number, as they follow <c>torch.manual_seed(seed)</c>: the default initialisation
/// of <c>nn.Conv2d</c> and <c>nn.ConvTranspose2d</c>, weight, then bias, from U(-b, b) with b = 1/sqrt(fan_in), and
/// <c>torch.rand</c>. The fan_in is the weight's second dimension times kH * kW.
/// </summary>
public sealed class PyTorchInitializer
{
    private const int StateSize = 624;
    private const int ShiftSize = 397;
    private readonly uint[] _state = new uint[StateSize];
    private int _position = StateSize;

    /// <summary>Starts the sequence that <c>torch.manual_seed(seed)</c> starts (MT19937; the low 32 bits count).</summary>
    public PyTorchInitializer(long seed)
    {
        _state[0] = (uint)seed;
        for (uint i = 1; i < StateSize; i++)
            _state[i] = 1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30)) + i;
    }

    /// <summary>Draws the next values of U(-b, b) as <c>Tensor.uniform_</c> does: 24 bits each, scaled in double.</summary>
    /// <param name="shape">The shape to fill, row-major.</param>
    /// <param name="fanIn">The weight's second dimension times kH * kW, from which b follows.</param>
    public Tensor Uniform(TensorShape shape, int fanIn)
    {
        // kaiming_uniform_ with a = sqrt(5), in Python's double arithmetic, then float32 as uniform_ takes it.
        float bound = (float)(Math.Sqrt(3.0) * (Math.Sqrt(2.0 / (1 + Math.Pow(Math.Sqrt(5.0), 2))) / Math.Sqrt(fanIn)));
        return Draw(shape, bound);
    }

    /// <summary>Draws a bias, whose bound PyTorch computes as <c>1 / math.sqrt(fan_in)</c>.</summary>
    public Tensor UniformBias(int outChannels, int fanIn) =>
        Draw(new TensorShape(1, outChannels, 1, 1), (float)(1 / Math.Sqrt(fanIn)));

    /// <summary>Draws what <c>torch.rand</c> draws: 24 bits each in [0, 1).</summary>
    public Tensor Uniform01(TensorShape shape)
    {
        var tensor = new Tensor(shape);
        foreach (ref float element in tensor.Elements)
            element = NextUnit();
        return tensor;
    }

    private Tensor Draw(TensorShape shape, float bound)
    {
        var tensor = new Tensor(shape);
        float width = bound - -bound;
        foreach (ref float element in tensor.Elements)
            element = (float)((double)NextUnit() * width - bound);
        return tensor;
    }

    private float NextUnit() => (NextUInt32() & 0xFFFFFF) * (1f / (1 << 24));

    private uint NextUInt32()
    {
        if (_position == StateSize)
            Refill();
        uint y = _state[_position++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680u;
        y ^= (y << 15) & 0xEFC60000u;
        return y ^ (y >> 18);
    }

    private void Refill()
    {
        for (int i = 0; i < StateSize; i++)
        {
            uint mixed = (_state[i] & 0x80000000u) | (_state[(i + 1) % StateSize] & 0x7FFFFFFFu);
            _state[i] = _state[(i + ShiftSize) % StateSize] ^ (mixed >> 1) ^ ((mixed & 1) == 0 ? 0u : 0x9908B0DFu);
        }
        _position = 0;
    }
}
