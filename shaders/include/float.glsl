// Needs GLSL 3.30. Tests on the bits of a float, because isnan, max and x - x may be optimised away.
bool isNaN(float value)
{
    return (floatBitsToUint(value) & 0x7FFFFFFFu) > 0x7F800000u;
}

bool isFinite(float value)
{
    return (floatBitsToUint(value) & 0x7F800000u) != 0x7F800000u;
}

// Finite, not 0 and not subnormal.
bool isNormal(float value)
{
    uint magnitude = floatBitsToUint(value) & 0x7FFFFFFFu;
    return magnitude >= 0x00800000u && magnitude < 0x7F800000u;
}

float positiveInfinity()
{
    return uintBitsToFloat(0x7F800000u);
}

float negativeInfinity()
{
    return uintBitsToFloat(0xFF800000u);
}
