// Functions that keep or drop a sign. Needs include/float.glsl.
float relu(float value)
{
    return value > 0.0 || isNaN(value) ? value : 0.0;
}

float absolute(float value)
{
    return uintBitsToFloat(floatBitsToUint(value) & 0x7FFFFFFFu);
}
