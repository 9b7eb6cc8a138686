using System.Text;

namespace LivePool.Core.Pipelines;

/// <summary>The text of a Python module, put together part by part.</summary>
internal sealed class PyTorchModule
{
    public const string MaxPool2d = """
        def max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode):
            left, right, top, bottom = padding
            y = F.max_pool2d(F.pad(x, padding, value=float("-inf")), kernel_size, stride, 0, dilation, ceil_mode)
            # A last window may not start beyond the input and the padding before it.
            return y[:, :, :(x.shape[2] + top - 1) // stride[0] + 1, :(x.shape[3] + left - 1) // stride[1] + 1]
        """;

    public const string AvgPool2d = """
        def avg_pool2d(x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
            def total(values, value):
                return F.avg_pool2d(F.pad(values, padding, value=value), kernel_size, stride, ceil_mode=ceil_mode, divisor_override=1)

            left, right, top, bottom = padding
            area = total(torch.ones_like(x[:1, :1]), 1.0 if count_include_pad else 0.0)
            y = total(x, 0.0) / (divisor_override or area)
            # A last window may not start beyond the input and the padding before it.
            return y[:, :, :(x.shape[2] + top - 1) // stride[0] + 1, :(x.shape[3] + left - 1) // stride[1] + 1]
        """;

    public const string FractionalMaxPool2d = """
        def fractional_max_pool2d(x, kernel_size, seed, **size):
            samples = torch.rand(x.shape[0], x.shape[1], 2, generator=torch.Generator().manual_seed(seed))
            return F.fractional_max_pool2d(x, kernel_size, _random_samples=samples, **size)
        """;

    public const string Normalize = """
        def normalize(x):
            # Each plane from 0 to 1, by its finite values; in float32 their range may overflow.
            x = x.double()
            finite = torch.isfinite(x)
            least = x.masked_fill(~finite, float("inf")).amin((2, 3), keepdim=True)
            most = x.masked_fill(~finite, float("-inf")).amax((2, 3), keepdim=True)
            least = least.masked_fill(least > most, 0)
            return ((x - least) / (most - least).masked_fill(~(most > least), 1)).float()
        """;

    private const string Apply = """
        class Apply(nn.Module):
            def __init__(self, function):
                super().__init__()
                self.function = function

            def forward(self, x):
                return self.function(x)
        """;

    private readonly List<string> _definitions = [];
    private readonly List<string> _variables = [];
    private readonly List<string> _layers = [];
    private readonly List<string> _weights = [];

    /// <summary>Adds a function that layers call, once.</summary>
    public void Define(string definition)
    {
        if (!_definitions.Contains(definition))
            _definitions.Add(definition);
    }

    /// <summary>Adds a variable.</summary>
    /// <returns>What it is called.</returns>
    public string Variable(string name, string value)
    {
        string numbered = $"{name}{_layers.Count}";
        _variables.Add($"{numbered} = {value}\n");
        return numbered;
    }

    /// <summary>Adds a layer.</summary>
    public void Layer(string expression) => _layers.Add($"    {expression},\n");

    /// <summary>Adds a function as a layer.</summary>
    public void Function(string function)
    {
        Define(Apply);
        Layer($"Apply({function})");
    }

    /// <summary>Sets the weights of the layer that was added last.</summary>
    public void Weights(string weight, string? bias)
    {
        int layer = _layers.Count - 1;
        _weights.Add($"model[{layer}].weight.data = {weight}\n");
        if (bias is not null)
            _weights.Add($"model[{layer}].bias.data = {bias}\n");
    }

    /// <param name="title">The first line's comment.</param>
    public string Text(string title)
    {
        var body = new StringBuilder();
        foreach (string definition in _definitions)
            body.Append($"\n{definition}\n\n");
        foreach (string variable in _variables)
            body.Append(variable);
        body.Append("\nmodel = nn.Sequential(\n").AppendJoin("", _layers).Append(")\n").AppendJoin("", _weights);
        string code = body.ToString().ReplaceLineEndings("\n");
        string functional = code.Contains("F.", StringComparison.Ordinal) ? "import torch.nn.functional as F\n" : "";
        return $"# {title}\nimport torch\n{functional}from torch import nn\n{code}";
    }
}
