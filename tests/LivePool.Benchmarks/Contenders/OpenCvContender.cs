using LivePool.Benchmarks.Cases;
using LivePool.Core.Operators;
using LivePool.Core.Tensors;
using OpenCvSharp;
using Size2d = LivePool.Core.Operators.Size2d;

namespace LivePool.Benchmarks.Contenders;

/// <summary>OpenCV on one thread: one function per output channel, on the whole picture with a border of its own.</summary>
internal abstract class OpenCvContender : IContender
{
    private readonly TensorShape _shape;

    protected OpenCvContender(BenchmarkCase item, MatType type)
    {
        _shape = item.Output;
        Source = new Mat(item.Input.H, item.Input.W, MatType.CV_8UC1);
        Source.SetArray(item.MakeInput());
        if (type != MatType.CV_8UC1)
        {
            Mat bytes = Source;
            Source = new Mat();
            bytes.ConvertTo(Source, type);
            bytes.Dispose();
        }
    }

    /// <summary>The function that the case names.</summary>
    public static OpenCvContender Create(BenchmarkCase item) => item.OpenCv switch
    {
        OpenCvFunction.Filter2D => new OpenCvFilter(item, (Conv2d)item.Pipeline.Stages[0]),
        OpenCvFunction.Dilate when item.Pipeline.Stages[0] is MaxPool2d pool =>
            new OpenCvWindow(item, pool.KernelSize, pool.Stride ?? pool.KernelSize, isMaximum: true),
        OpenCvFunction.Blur when item.Pipeline.Stages[0] is AvgPool2d pool =>
            new OpenCvWindow(item, pool.KernelSize, pool.Stride ?? pool.KernelSize, isMaximum: false),
        OpenCvFunction.ResizeArea => new OpenCvResize(item),
        _ => throw new NotSupportedException($"OpenCV has no {item.Name}"),
    };

    /// <summary>Loads the library and keeps it to one thread.</summary>
    /// <exception cref="Core.BackendUnavailableException">It, or what it needs, is not there.</exception>
    public static void Load()
    {
        try
        {
            Cv2.SetNumThreads(1);
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or OpenCvSharpException)
        {
            throw new Core.BackendUnavailableException(
                "OpenCV cannot be loaded; it needs the package libgtk-3-0: apt-get install libgtk-3-0", e);
        }
    }

    protected Mat Source { get; }

    public abstract void Run();

    /// <summary>The element of our output that follows from OpenCV's.</summary>
    protected abstract float Element(int channel, int row, int column);

    public float[] Output()
    {
        float[] output = new float[_shape.Count];
        int i = 0;
        for (int channel = 0; channel < _shape.C; channel++)
        {
            for (int row = 0; row < _shape.H; row++)
            {
                for (int column = 0; column < _shape.W; column++)
                    output[i++] = Element(channel, row, column);
            }
        }
        return output;
    }

    public virtual void Dispose() => Source.Dispose();
}

/// <summary>filter2D, once per output channel; from bytes to 16-bit integers where we take bytes alone.</summary>
internal sealed class OpenCvFilter : OpenCvContender
{
    private readonly bool _isInteger;
    private readonly bool _hasPool;
    private readonly Mat[] _kernels;
    private readonly Mat[] _results;

    public OpenCvFilter(BenchmarkCase item, Conv2d conv) : base(item, IsInteger(item) ? MatType.CV_8UC1 : MatType.CV_32FC1)
    {
        _isInteger = IsInteger(item);
        _hasPool = item.Pipeline.Stages is [_, MaxPool2d { KernelSize: { Height: 2, Width: 2 } }];
        _kernels = new Mat[conv.Weight.Shape.N];
        _results = new Mat[_kernels.Length];
        for (int channel = 0; channel < _kernels.Length; channel++)
        {
            _kernels[channel] = new Mat(conv.KernelSize.Height, conv.KernelSize.Width, MatType.CV_32FC1);
            _kernels[channel].SetArray(conv.Weight.Plane(channel, 0).ToArray());
            _results[channel] = new Mat();
        }
    }

    private static bool IsInteger(BenchmarkCase item) => item.Inputs is [InputKind.Byte];

    public override void Run()
    {
        for (int channel = 0; channel < _kernels.Length; channel++)
            Cv2.Filter2D(Source, _results[channel], _isInteger ? MatType.CV_16S : MatType.CV_32F, _kernels[channel]);
    }

    protected override float Element(int channel, int row, int column)
    {
        if (!_hasPool)
            return Filtered(channel, row, column);
        return Math.Max(
            Math.Max(Filtered(channel, 2 * row, 2 * column), Filtered(channel, 2 * row, 2 * column + 1)),
            Math.Max(Filtered(channel, 2 * row + 1, 2 * column), Filtered(channel, 2 * row + 1, 2 * column + 1)));
    }

    /// <summary>OpenCV's windows are centred.</summary>
    private float Filtered(int channel, int row, int column)
    {
        row += _kernels[channel].Rows / 2;
        column += _kernels[channel].Cols / 2;
        return _isInteger ? _results[channel].At<short>(row, column) : _results[channel].At<float>(row, column);
    }

    public override void Dispose()
    {
        foreach (Mat mat in (Mat[])[.. _kernels, .. _results])
            mat.Dispose();
        base.Dispose();
    }
}

/// <summary>dilate or blur, which compute every window whatever our stride is.</summary>
internal sealed class OpenCvWindow(BenchmarkCase item, Size2d kernel, Size2d stride, bool isMaximum)
    : OpenCvContender(item, MatType.CV_32FC1)
{
    private readonly Mat _result = new();
    private readonly Mat _element = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(kernel.Width, kernel.Height));

    public override void Run()
    {
        if (isMaximum)
            Cv2.Dilate(Source, _result, _element);
        else
            Cv2.Blur(Source, _result, new Size(kernel.Width, kernel.Height));
    }

    protected override float Element(int channel, int row, int column) =>
        _result.At<float>(row * stride.Height + kernel.Height / 2, column * stride.Width + kernel.Width / 2);

    public override void Dispose()
    {
        _result.Dispose();
        _element.Dispose();
        base.Dispose();
    }
}

/// <summary>resize with INTER_AREA.</summary>
internal sealed class OpenCvResize(BenchmarkCase item) : OpenCvContender(item, MatType.CV_32FC1)
{
    private readonly Size _size = new(item.Output.W, item.Output.H);
    private readonly Mat _result = new();

    public override void Run() => Cv2.Resize(Source, _result, _size, interpolation: InterpolationFlags.Area);

    protected override float Element(int channel, int row, int column) => _result.At<float>(row, column);

    public override void Dispose()
    {
        _result.Dispose();
        base.Dispose();
    }
}
