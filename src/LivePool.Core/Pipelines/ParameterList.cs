using System.Collections.Immutable;
using LivePool.Core.Operators;

namespace LivePool.Core.Pipelines;

/// <summary>Puts a stage's parameters together. A value beyond what is offered widens the offer.</summary>
/// <param name="spec">The operator, which a parameter's own value gives unchanged.</param>
/// <param name="perAxis">Whether rows and columns are set apart even where they are equal.</param>
internal sealed class ParameterList(OperatorSpec spec, bool perAxis)
{
    private readonly ImmutableArray<StageParameter>.Builder _items = ImmutableArray.CreateBuilder<StageParameter>();

    public ImmutableArray<StageParameter> ToImmutable() => _items.ToImmutable();

    public void Whole(string name, int value, int least, int most, Func<int, OperatorSpec> with, (double, string)? word = null) =>
        Add(name, ParameterKind.Whole, value, least, most, [], given => with(ToInt32(given)), word);

    public void Whole(string name, long value, int least, int most, Func<long, OperatorSpec> with) =>
        Add(name, ParameterKind.Whole, value, least, most, [], given => with((long)Math.Round(given)));

    public void Number(string name, float value, double least, double most, Func<float, OperatorSpec> with) =>
        Add(name, ParameterKind.Number, value, least, most, [], given => with((float)given));

    public void Switch(string name, bool value, Func<bool, OperatorSpec> with) =>
        Add(name, ParameterKind.Switch, value ? 1 : 0, 0, 1, [], given => with(given >= 0.5));

    public void Choice(string name, ImmutableArray<string> choices, int value, Func<int, OperatorSpec> with) =>
        Add(name, ParameterKind.Choice, value, 0, choices.Length - 1, choices, given => with(ToInt32(given)));

    /// <summary>What a shader of the user's declares, each within its own range and with a name of its own.</summary>
    public void Shader()
    {
        foreach (StageShaderParameter parameter in spec.Shader?.Parameters ?? [])
        {
            string name = parameter.Label;
            for (int i = 2; _items.Any(item => item.Name == name); i++)
                name = $"{parameter.Label} ({i})";
            Add(name, parameter.Kind, parameter.Value, parameter.Least, parameter.Most, [.. parameter.Choices],
                given => spec with { Shader = parameter.With(given) });
        }
    }

    /// <summary>A bound that an infinity takes away: the end of the slider on that side, called <c>none</c>.</summary>
    public void Bound(string name, float value, float none, double most, Func<float, OperatorSpec> with)
    {
        double end = Math.Sign(none) * (float.IsFinite(value) ? Math.Max(most, 2 * Math.Abs((double)value)) : most);
        Add(name, ParameterKind.Number, float.IsFinite(value) ? value : end, -most, most, [],
            given => with(given == end ? none : (float)given), (end, "none"), end);
    }

    public void Size(string name, Size2d value, int least, int most, Func<Size2d, OperatorSpec> with, (double, string)? word = null)
    {
        if (!perAxis && value.Height == value.Width)
        {
            Whole(name, value.Height, least, most, both => with(both), word);
            return;
        }
        Whole($"{name} (rows)", value.Height, least, most, rows => with(value with { Height = rows }), word);
        Whole($"{name} (columns)", value.Width, least, most, columns => with(value with { Width = columns }), word);
    }

    public void Ratio(
        string name, (double Height, double Width) value, double least, double most, Func<(double, double), OperatorSpec> with)
    {
        if (!perAxis && value.Height == value.Width)
        {
            Add(name, ParameterKind.Number, value.Height, least, most, [], both => with((both, both)));
            return;
        }
        Add($"{name} (rows)", ParameterKind.Number, value.Height, least, most, [], rows => with((rows, value.Width)));
        Add($"{name} (columns)", ParameterKind.Number, value.Width, least, most, [], columns => with((value.Height, columns)));
    }

    /// <summary>Both sides of both axes, of each axis, or each side, as few as can show what is set.</summary>
    /// <param name="value">The four sides.</param>
    /// <param name="most">The most that is offered.</param>
    /// <param name="with">The operator with other sides.</param>
    /// <param name="isSame">Whether they follow from <see cref="Operators.Padding.Same"/>, which a side's own value keeps.</param>
    public void Padding(Padding value, int most, Func<Padding, OperatorSpec> with, bool isSame = false)
    {
        if (!value.IsSymmetric)
        {
            Side("padding (top)", value.Top, top => value with { Top = top });
            Side("padding (left)", value.Left, left => value with { Left = left });
            Side("padding (bottom)", value.Bottom, bottom => value with { Bottom = bottom });
            Side("padding (right)", value.Right, right => value with { Right = right });
        }
        else if (perAxis || value.Top != value.Left)
        {
            Side("padding (rows)", value.Top, rows => value with { Top = rows, Bottom = rows });
            Side("padding (columns)", value.Left, columns => value with { Left = columns, Right = columns });
        }
        else
        {
            Side("padding", value.Top, all => all);
        }

        void Side(string name, int side, Func<int, Padding> other) =>
            Whole(name, side, 0, most, given => with(other(given)), isSame ? (side, "same") : null);
    }

    private void Add(
        string name, ParameterKind kind, double value, double least, double most, ImmutableArray<string> choices,
        Func<double, OperatorSpec> with, (double, string)? word = null, double? end = null) =>
        _items.Add(new(name, kind, value, Math.Min(least, Math.Min(value, end ?? value)), Math.Max(most, Math.Max(value, end ?? value)), choices,
            given => given == value ? spec : Keep(with(given)))
        { Word = word });

    /// <summary>The user's shader goes with the operator that it claims to be.</summary>
    private OperatorSpec Keep(OperatorSpec changed) =>
        changed.Shader is null && changed.Name == spec.Name ? changed with { Shader = spec.Shader } : changed;

    private static int ToInt32(double value) => (int)Math.Clamp(Math.Round(value), int.MinValue, int.MaxValue);
}
