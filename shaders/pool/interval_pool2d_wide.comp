// interval_pool2d_wide.comp: interval_pool2d.comp for large windows, such as a global pool's: a work group shares the work
// for one output element. Lane i takes every LOCAL_X-th element of the window from the i-th on; one lane joins the results.
#include "include/grid.glsl"
#include "include/maximum.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };        // [planes, inputHeight, inputWidth]
layout(std430, binding = 1) readonly restrict buffer Rows { ivec2 rows[]; };      // [planes or 1, outputHeight]: first, end
layout(std430, binding = 2) readonly restrict buffer Columns { ivec2 columns[]; };  // [planes or 1, outputWidth]: first, end
layout(std430, binding = 3) writeonly restrict buffer Output { float y[]; };      // [planes, outputHeight, outputWidth]
#ifdef WITH_INDICES
layout(std430, binding = 4) writeonly restrict buffer Indices { int index[]; };   // [planes, outputHeight, outputWidth], row * inputWidth + column
#endif

shared float results[LOCAL_X];
#ifdef POOL_MAXIMUM
shared int winners[LOCAL_X];
#endif

void main()
{
    int target = int(gl_WorkGroupID.z + groupOffset.z);
    int lane = int(gl_LocalInvocationID.x);
    int outputRow = target / outputWidth;
    int plane = outputRow / outputHeight;
    int table = intervalsPerPlane != 0 ? plane : 0;
    ivec2 rowRange = rows[table * outputHeight + outputRow - plane * outputHeight];
    ivec2 columnRange = columns[table * outputWidth + target - outputRow * outputWidth];
    int width = columnRange.y - columnRange.x;
    int area = (rowRange.y - rowRange.x) * width;
    int planeStart = plane * inputHeight * inputWidth;
    int first = rowRange.x * inputWidth + columnRange.x;
#if defined(POOL_MAXIMUM)
    float result = negativeInfinity();
    int winner = first;
#elif defined(POOL_MEAN)
    precise float result = 0.0;
#else
#error POOL_MAXIMUM or POOL_MEAN must be defined
#endif
    for (int i = lane; i < area; i += LOCAL_X)
    {
        int element = first + i / width * inputWidth + i % width;
        float value = x[planeStart + element];
#ifdef POOL_MAXIMUM
        if (takes(value, result))
        {
            result = value;
            winner = element;
        }
#else
        result += value;
#endif
    }
    results[lane] = result;
#ifdef POOL_MAXIMUM
    winners[lane] = winner;
#endif
    barrier();

    if (lane != 0)
        return;
    for (int i = 1; i < LOCAL_X; i++)
    {
#ifdef POOL_MAXIMUM
        if (takes(results[i], winners[i], result, winner))
        {
            result = results[i];
            winner = winners[i];
        }
#else
        result += results[i];
#endif
    }
#ifdef POOL_MAXIMUM
    y[target] = result;
#ifdef WITH_INDICES
    index[target] = winner;
#endif
#else
    precise float mean = result / (float(rowRange.y - rowRange.x) * float(width));
    y[target] = mean;
#endif
}
