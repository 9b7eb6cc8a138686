using System.Collections.Immutable;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;

namespace LivePool.Core.Tests.Pipelines;

/// <summary>A shader that is no more than what a pipeline has to know of one. A free one's output is half its input.</summary>
internal sealed class FakeShader : StageShader
{
    private static readonly string[] _names = ["gain", "on", "mode", "tint"];

    private readonly ImmutableSortedDictionary<string, string> _values;

    public FakeShader(string fullPath, string? claim, int? inputChannels = null, params IReadOnlyList<string> labels)
        : this(fullPath, claim, inputChannels, labels, ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal))
    {
    }

    private FakeShader(string fullPath, string? claim, int? inputChannels, IReadOnlyList<string> labels, ImmutableSortedDictionary<string, string> values)
    {
        (FullPath, Claim, InputChannels, Labels, _values) = (fullPath, claim, inputChannels, labels, values);
    }

    /// <summary>What people read of its parameters, which are numbers from 0 to 4.</summary>
    public IReadOnlyList<string> Labels { get; }

    public override string FullPath { get; }

    public override string Name => Path.GetFileName(FullPath);

    public override string? Claim { get; }

    public override int? InputChannels { get; }

    public override IReadOnlyList<StageShaderParameter> Parameters =>
    [
        .. Labels.Select((label, i) => new StageShaderParameter(label, ParameterKind.Number, 1 + i, 0, 4, [], given => Set($"{i}", $"{given}"))),
    ];

    public override IReadOnlyList<(string Name, string Value)> Settings => [.. _values.Select(item => (item.Key, item.Value))];

    /// <summary>Claims by the file's name: conv2d.comp is conv2d, glow.comp free, colour.comp free and of 3 channels.</summary>
    public static FakeShader Load(string path)
    {
        string stem = Path.GetFileNameWithoutExtension(path);
        return stem == "gone" ? throw new LivePoolException($"{path}: there is no such file")
            : new(path, stem is "glow" or "colour" ? null : stem, stem == "colour" ? 3 : null);
    }

    public override TensorShape OutputShape(TensorShape input) =>
        InputChannels is { } channels && channels != input.C ? throw new LivePoolException($"{Name} takes {channels} channels")
            : input with { H = (input.H + 1) / 2, W = (input.W + 1) / 2 };

    public override StageShader WithValue(string name, string value) =>
        !_names.Contains(name) ? throw new LivePoolException($"{Name} has no parameter {name}; it has {string.Join(", ", _names)}")
            : value == "wrong" ? throw new LivePoolException($"{name} is '{value}'; it must be another")
            : Set(name, value);

    private FakeShader Set(string name, string value) => new(FullPath, Claim, InputChannels, Labels, _values.SetItem(name, value));
}
