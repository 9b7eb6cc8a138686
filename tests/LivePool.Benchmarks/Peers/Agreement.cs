using System.Globalization;
using LivePool.Benchmarks.Cases;
using LivePool.Core.Tensors;

namespace LivePool.Benchmarks.Peers;

/// <summary>Results that should agree and do not.</summary>
internal sealed class DisagreementException(string message) : Exception(message);

/// <summary>Whether two contenders came to the same.</summary>
internal static class Agreement
{
    /// <exception cref="DisagreementException">An element is further apart than the case's tolerance.</exception>
    public static void Require(BenchmarkCase item, string oursName, float[] ours, string peer, float[] theirs)
    {
        float largest = theirs.Max(MathF.Abs);
        for (int i = 0; i < ours.Length; i++)
        {
            double allowed = item.Tolerance.OfElement * Math.Abs(theirs[i]) + item.Tolerance.OfLargest * largest;
            if (Math.Abs((double)ours[i] - theirs[i]) <= allowed)
                continue;
            TensorShape shape = item.Output;
            int plane = i / shape.PlaneSize;
            throw new DisagreementException(string.Create(CultureInfo.InvariantCulture,
                $"{item.Name}: element [{plane / shape.C}, {plane % shape.C}, {i / shape.W % shape.H}, {i % shape.W}] of {shape}: " +
                $"{oursName} has {ours[i]:R}, {peer} {theirs[i]:R}; at most {allowed:G3} apart is allowed"));
        }
    }
}
