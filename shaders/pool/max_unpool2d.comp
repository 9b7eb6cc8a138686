// max_unpool2d.comp: four output elements of one plane per invocation, copied as bits from their owners.
#include "include/grid.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { uint x[]; };      // [planes, inputPlaneSize]
layout(std430, binding = 1) readonly restrict buffer Owners { int owner[]; };  // [planes, outputPlaneSize], from unpool_owners.comp
layout(std430, binding = 2) writeonly restrict buffer Output { uint y[]; };    // [planes, outputPlaneSize]

void main()
{
    int plane = gridPosition().z;
    ivec4 elements = gridColumns();
    if (elements.x >= outputPlaneSize || plane >= planes)
        return;

    for (int k = 0; k < 4 && elements[k] < outputPlaneSize; k++)
    {
        int target = plane * outputPlaneSize + elements[k];
        int source = owner[target] - 1;
        y[target] = source < 0 ? 0u : x[plane * inputPlaneSize + source];
    }
}
