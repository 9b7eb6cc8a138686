// plane_range.comp: one work group per plane finds its finite minimum and maximum; 0 and 0 where nothing is finite.
#include "include/grid.glsl"
#include "include/float.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };       // [planes, planeSize]
layout(std430, binding = 1) writeonly restrict buffer Range { float range[]; };  // [planes, 2]: minimum, maximum

shared float lows[LOCAL_X];
shared float highs[LOCAL_X];

void main()
{
    int plane = int(gl_WorkGroupID.z + groupOffset.z);
    int lane = int(gl_LocalInvocationID.x);
    float low = positiveInfinity();
    float high = negativeInfinity();
    for (int i = lane; i < planeSize; i += LOCAL_X)
    {
        float value = x[plane * planeSize + i];
        bool counts = isFinite(value);
        low = counts && value < low ? value : low;
        high = counts && value > high ? value : high;
    }
    lows[lane] = low;
    highs[lane] = high;
    barrier();

    if (lane != 0)
        return;
    for (int i = 1; i < LOCAL_X; i++)
    {
        low = lows[i] < low ? lows[i] : low;
        high = highs[i] > high ? highs[i] : high;
    }
    bool isEmpty = low > high;
    range[2 * plane] = isEmpty ? 0.0 : low;
    range[2 * plane + 1] = isEmpty ? 0.0 : high;
}
