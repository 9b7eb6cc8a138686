// pointwise.comp: four elements of one plane per invocation. The function is a define, such as FUNCTION_RELU.
#include "include/grid.glsl"
#include "include/float.glsl"
#include "include/rectify.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };    // [planes, planeSize]
layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };  // [planes, planeSize]
#ifdef FUNCTION_NORMALIZE
layout(std430, binding = 2) readonly restrict buffer Range { float range[]; };  // [planes, 2]: finite minimum, maximum
#endif

#if defined(FUNCTION_RELU)
float apply(float value, int plane)
{
    return relu(value);
}
#elif defined(FUNCTION_LEAKYRELU)
float apply(float value, int plane)
{
    precise float scaled = a * value;
    return value > 0.0 ? value : scaled;
}
#elif defined(FUNCTION_ABS)
float apply(float value, int plane)
{
    return absolute(value);
}
#elif defined(FUNCTION_SIGMOID)
// exp of a negative number only: it cannot overflow, so that there is no infinity over infinity.
float apply(float value, int plane)
{
    precise float e = exp(-abs(value));
    precise float smaller = e / (1.0 + e);
    precise float larger = 1.0 / (1.0 + e);
    return isNaN(value) ? value : value < 0.0 ? smaller : larger;
}
#elif defined(FUNCTION_TANH)
// The Cephes library's polynomial near 0, where 1 - e would cancel; elsewhere 1 - 2 / (exp(2|x|) + 1), whose exp is kept
// finite: tanh is 1 in float32 from 9.02 on.
float apply(float value, int plane)
{
    float magnitude = min(abs(value), 16.0);
    precise float square = magnitude * magnitude;
    precise float series = (((-5.70498872745e-3 * square + 2.06390887954e-2) * square - 5.37397155531e-2) * square
        + 1.33314422036e-1) * square - 3.33332819422e-1;
    precise float nearZero = value + value * square * series;
    precise float far = 1.0 - 2.0 / (exp(2.0 * magnitude) + 1.0);
    return isNaN(value) ? value : abs(value) < 0.625 ? nearZero : value < 0.0 ? -far : far;
}
#elif defined(FUNCTION_CLAMP)
// min(max(value, a), b): b where a exceeds it.
float apply(float value, int plane)
{
    float raised = value < a ? a : value;
    return isNaN(value) ? value : raised > b ? b : raised;
}
#elif defined(FUNCTION_SCALEOFFSET)
float apply(float value, int plane)
{
    precise float scaled = a * value;
    precise float result = scaled + b;
    return result;
}
#elif defined(FUNCTION_NORMALIZE)
float apply(float value, int plane)
{
    float low = range[2 * plane];
    float high = range[2 * plane + 1];
    precise float difference = high - low;
    precise float offset = value - low;
    precise float quotient = offset / difference;
    // Halves, where the difference of two large values overflows.
    precise float halves = (0.5 * value - 0.5 * low) / (0.5 * high - 0.5 * low);
    return !isFinite(value) ? value : difference == 0.0 ? offset : isFinite(difference) ? quotient : halves;
}
#else
#error a function must be defined
#endif

void main()
{
    int plane = gridPosition().z;
    ivec4 elements = gridColumns();
    if (elements.x >= planeSize || plane >= planes)
        return;

    for (int k = 0; k < 4 && elements[k] < planeSize; k++)
        y[plane * planeSize + elements[k]] = apply(x[plane * planeSize + elements[k]], plane);
}
