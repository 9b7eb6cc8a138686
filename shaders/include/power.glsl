// Powers as PyTorch has them: C's pow, but for square roots, which have no -infinity and keep the sign of 0. GLSL's pow is
// undefined below 0, and at 0 for exponents that are not positive.
#include "include/float.glsl"

// Whole exponents up to this are repeated multiplications, whose error is smaller than that of pow.
const float mostFactors = 16.0;

// The reciprocal may be in range where the power is not: then the last factor divides by itself.
float wholePower(float value, int exponent)
{
    precise float product = 1.0;
    for (int i = 1; i < abs(exponent); i++)
        product *= value;
    precise float power = product * value;
    if (exponent >= 0)
        return power;
    precise float reciprocal = isNormal(power) ? 1.0 / power : 1.0 / product / value;
    return reciprocal;
}

// Of a value that is not negative. log2 may take a subnormal one for 0, but its bits are a number of units of 2^-149.
float powerOfMagnitude(float value, float exponent)
{
    uint bits = floatBitsToUint(value);
    if (bits == 0u || !isFinite(value))
        return (bits == 0u) == (exponent < 0.0) ? positiveInfinity() : 0.0;
    if (!isNormal(value))
        return exp2(exponent * (log2(float(bits)) - 149.0));
    return exponent == 0.5 ? sqrt(value) : value == 1.0 ? 1.0 : pow(value, exponent);
}

float power(float value, float exponent)
{
    bool isWhole = exponent == floor(exponent);
    if (isNaN(value))
        return value;
    if (isWhole && abs(exponent) <= mostFactors)
        return wholePower(value, int(exponent));

    uint bits = floatBitsToUint(value);
    if (bits >= 0x80000000u && abs(exponent) == 0.5)
        return bits != 0x80000000u ? uintBitsToFloat(0x7FC00000u) : exponent > 0.0 ? value : negativeInfinity();
    float magnitude = uintBitsToFloat(bits & 0x7FFFFFFFu);
    float result = powerOfMagnitude(magnitude, exponent);
    if (bits < 0x80000000u)
        return result;
    if (!isWhole)
        return bits != 0x80000000u && isFinite(magnitude) ? uintBitsToFloat(0x7FC00000u) : result;
    bool isOdd = abs(exponent) < 16777216.0 && (int(exponent) & 1) == 1;
    return isOdd ? -result : result;
}
