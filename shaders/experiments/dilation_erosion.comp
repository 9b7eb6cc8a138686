// dilation_erosion.comp: one output element per invocation: the greatest value of a disc around it (dilation), the least
// (erosion), or the one less the other, which outlines shapes.
// @param choice mode dilation|erosion|outline = dilation "What"
// @param int radius 0..12 = 3 "Radius"
// @size same
#include "include/grid.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };    // [channels, inputHeight, inputWidth]
layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };  // [channels, outputHeight, outputWidth]

void main()
{
    ivec3 position = gridPosition();
    if (position.x >= outputWidth || position.y >= outputHeight || position.z >= channels)
        return;

    int plane = position.z * inputHeight * inputWidth;
    float greatest = x[plane + position.y * inputWidth + position.x];
    float least = greatest;
    for (int row = max(position.y - radius, 0); row <= min(position.y + radius, inputHeight - 1); row++)
    {
        for (int column = max(position.x - radius, 0); column <= min(position.x + radius, inputWidth - 1); column++)
        {
            ivec2 offset = ivec2(column, row) - position.xy;
            if (offset.x * offset.x + offset.y * offset.y > radius * radius)
                continue;
            float value = x[plane + row * inputWidth + column];
            greatest = max(greatest, value);
            least = min(least, value);
        }
    }
    float value = mode == 0 ? greatest : mode == 1 ? least : greatest - least;
    y[(position.z * outputHeight + position.y) * outputWidth + position.x] = value;
}
