using LivePool.Core.Operators;
using LivePool.Core.Tensors;

namespace LivePool.Core.Pipelines;

/// <summary>Other numbers of groups and channels, which ask for weights of another shape.</summary>
internal static class ConvolutionEdits
{
    /// <summary>Weights <c>[Cout, Cin/groups, kH, kW]</c> for another number of groups; planes are cut off or come again.</summary>
    /// <exception cref="LivePoolException">The channels cannot be divided so; the message has the numbers that would do.</exception>
    public static Conv2d WithGroups(Conv2d conv, int groups)
    {
        RequireDivisible(conv.Name, conv.InChannels, conv.Weight.Shape.N, groups);
        return conv with { Weight = WithSecond(conv.Weight, conv.InChannels / groups), Groups = groups };
    }

    /// <summary>Weights <c>[Cin, Cout/groups, kH, kW]</c> for another number of groups; planes are cut off or come again.</summary>
    /// <exception cref="LivePoolException">The channels cannot be divided so; the message has the numbers that would do.</exception>
    public static ConvTranspose2d WithGroups(ConvTranspose2d conv, int groups)
    {
        RequireDivisible(conv.Name, conv.Weight.Shape.N, conv.OutChannels, groups);
        return conv with { Weight = WithSecond(conv.Weight, conv.OutChannels / groups), Groups = groups };
    }

    /// <summary>
    /// The first kernels, or more of them: those that are new, and their bias, are PyTorch's initialisation with the
    /// channel's number as seed.
    /// </summary>
    /// <exception cref="LivePoolException">The groups do not divide the number.</exception>
    public static Conv2d WithOutChannels(Conv2d conv, int count)
    {
        if (count < 1 || count % conv.Groups != 0)
        {
            int below = Math.Max(count, 1) / conv.Groups * conv.Groups;
            string use = below >= 1 ? $"{below} or {below + conv.Groups}" : $"{conv.Groups}";
            throw new LivePoolException($"{conv.Name}: out_channels {count} is not divisible by groups {conv.Groups}; use {use}");
        }
        TensorShape shape = conv.Weight.Shape;
        var weight = new Tensor(shape with { N = count });
        Tensor? bias = conv.Bias is null ? null : new Tensor(new(1, count, 1, 1));
        int kept = Math.Min(count, shape.N);
        int kernel = shape.C * shape.PlaneSize;
        conv.Weight.Elements[..(kept * kernel)].CopyTo(weight.Elements);
        conv.Bias?.Elements[..kept].CopyTo(bias!.Elements);
        for (int channel = kept; channel < count; channel++)
        {
            var initializer = new PyTorchInitializer(channel);
            initializer.Uniform(shape with { N = 1 }, kernel).Elements.CopyTo(weight.Elements[(channel * kernel)..]);
            if (bias is not null)
                bias.Elements[channel] = initializer.UniformBias(1, kernel).Elements[0];
        }
        return conv with { Weight = weight, Bias = bias };
    }

    /// <summary>Without a bias, or with the one that PyTorch's initialisation gives with seed 0.</summary>
    public static Conv2d WithBias(Conv2d conv, bool isOn) => conv with
    {
        Bias = isOn
            ? conv.Bias ?? new PyTorchInitializer(0).UniformBias(conv.Weight.Shape.N, conv.Weight.Shape.C * conv.Weight.Shape.PlaneSize)
            : null,
    };

    private static void RequireDivisible(string name, int inChannels, int outChannels, int groups)
    {
        if (groups >= 1 && inChannels % groups == 0 && outChannels % groups == 0)
            return;
        IEnumerable<int> good = Enumerable.Range(1, Math.Max(1, Math.Min(inChannels, outChannels)))
            .Where(number => inChannels % number == 0 && outChannels % number == 0);
        throw new LivePoolException(
            $"{name}: groups {groups} must divide the {inChannels} input and the {outChannels} output channels; use {string.Join(", ", good)}");
    }

    private static Tensor WithSecond(Tensor weight, int second)
    {
        var changed = new Tensor(weight.Shape with { C = second });
        for (int n = 0; n < weight.Shape.N; n++)
        {
            for (int c = 0; c < second; c++)
                weight.Plane(n, c % weight.Shape.C).CopyTo(changed.Plane(n, c));
        }
        return changed;
    }
}
