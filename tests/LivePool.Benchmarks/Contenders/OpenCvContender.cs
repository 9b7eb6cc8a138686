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
        OpenCvFunction.SepFilter2D => new OpenCvSeparable(item, ((Conv2d)item.Pipeline.Stages[0]).Weight),
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

    /// <summary>Writes one channel of our output, as it follows from OpenCV's.</summary>
    protected abstract void CopyChannel(int channel, Span<float> output);

    /// <summary>Takes every so many elements of a picture, from a first one on.</summary>
    protected void Sample(Mat picture, Size2d first, Size2d stride, Span<float> output)
    {
        picture.GetArray(out float[] elements);
        for (int row = 0; row < _shape.H; row++)
        {
            int start = (first.Height + row * stride.Height) * picture.Cols + first.Width;
            for (int column = 0; column < _shape.W; column++)
                output[row * _shape.W + column] = elements[start + column * stride.Width];
        }
    }

    public float[] Output()
    {
        float[] output = new float[_shape.Count];
        for (int channel = 0; channel < _shape.C; channel++)
            CopyChannel(channel, output.AsSpan(channel * _shape.PlaneSize, _shape.PlaneSize));
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

    protected override void CopyChannel(int channel, Span<float> output)
    {
        using var picture = new Mat();
        _results[channel].ConvertTo(picture, MatType.CV_32F);
        // OpenCV's windows are centred.
        var first = new Size2d(_kernels[channel].Rows / 2, _kernels[channel].Cols / 2);
        Sample(picture, first, _hasPool ? 2 : 1, output);
        if (!_hasPool)
            return;
        float[] other = new float[output.Length];
        foreach ((int row, int column) in new[] { (0, 1), (1, 0), (1, 1) })
        {
            Sample(picture, new(first.Height + row, first.Width + column), 2, other);
            for (int i = 0; i < other.Length; i++)
                output[i] = Math.Max(output[i], other[i]);
        }
    }

    public override void Dispose()
    {
        foreach (Mat mat in (Mat[])[.. _kernels, .. _results])
            mat.Dispose();
        base.Dispose();
    }
}

/// <summary>sepFilter2D.</summary>
internal sealed class OpenCvSeparable : OpenCvContender
{
    private readonly Mat _result = new();
    private readonly Mat _row;
    private readonly Mat _column;

    public OpenCvSeparable(BenchmarkCase item, Tensor weight) : base(item, MatType.CV_32FC1)
    {
        (int height, int width) = (weight.Shape.H, weight.Shape.W);
        float[] kernel = weight.Plane(0, 0).ToArray();
        _row = new Mat(1, width, MatType.CV_32FC1);
        _row.SetArray(kernel[..width]);
        _column = new Mat(height, 1, MatType.CV_32FC1);
        _column.SetArray([.. Enumerable.Range(0, height).Select(i => kernel[i * width])]);
    }

    public override void Run() => Cv2.SepFilter2D(Source, _result, MatType.CV_32F, _row, _column);

    // OpenCV's windows are centred.
    protected override void CopyChannel(int channel, Span<float> output) =>
        Sample(_result, new(_column.Rows / 2, _row.Cols / 2), 1, output);

    public override void Dispose()
    {
        _result.Dispose();
        _row.Dispose();
        _column.Dispose();
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

    // OpenCV's windows are centred.
    protected override void CopyChannel(int channel, Span<float> output) =>
        Sample(_result, new(kernel.Height / 2, kernel.Width / 2), stride, output);

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

    protected override void CopyChannel(int channel, Span<float> output) => Sample(_result, 0, 1, output);

    public override void Dispose()
    {
        _result.Dispose();
        base.Dispose();
    }
}
