// copy.comp: 16 bytes read and 16 written per invocation, what a device's copy bandwidth is measured by. Beyond the shorter
// of the two buffers it only reads, or only writes.
#include "include/grid.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { uvec4 x[]; };     // [readCount]
layout(std430, binding = 1) writeonly restrict buffer Output { uvec4 y[]; };   // [writeCount]

void main()
{
    int i = gridPosition().x;
    if (i >= max(readCount, writeCount))
        return;

    uvec4 value = i < readCount ? x[i] : uvec4(i);
    if (i < writeCount)
        y[i] = value;
    // No input has this, but only the host knows it, so that the load is made.
    else if (value == uvec4(0xFFFFFFFFu))
        y[0] = value;
}
