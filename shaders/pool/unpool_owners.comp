// unpool_owners.comp: which input element each output element of max_unpool2d shows, as its place in the plane plus one; 0
// for none. Where several have the same index the last one wins, in whatever order they come.
#include "include/grid.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Indices { int index[]; };  // [planes, inputPlaneSize], place in the output's plane
layout(std430, binding = 1) restrict buffer Owners { int owner[]; };            // [planes, outputPlaneSize], zeros at first

void main()
{
    int plane = gridPosition().z;
    ivec4 elements = gridColumns();
    if (elements.x >= inputPlaneSize || plane >= planes)
        return;

    for (int k = 0; k < 4 && elements[k] < inputPlaneSize; k++)
    {
        int target = plane * outputPlaneSize + index[plane * inputPlaneSize + elements[k]];
        atomicMax(owner[target], elements[k] + 1);
    }
}
