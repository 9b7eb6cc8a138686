// expand_bytes.comp: four 8-bit elements to float32 per invocation, exactly.
#include "include/grid.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Packed { uint packed4[]; };  // [(count + 3) / 4], first byte lowest
layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };      // [count]

void main()
{
    int word = gridPosition().x;
    if (word >= (count + 3) / 4)
        return;

    uint bytes = packed4[word];
    for (int k = 0; k < 4; k++)
    {
        if (4 * word + k < count)
            y[4 * word + k] = float((bytes >> (8 * k)) & 0xFFu);
    }
}
