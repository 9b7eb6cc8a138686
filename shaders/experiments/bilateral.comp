// bilateral.comp: one output element per invocation, the mean of its neighbours weighted by how near they are and how like
// it: noise goes, edges stay.
// @param int radius 1..12 = 4 "Radius"
// @param float near 0.5..12 = 2.5 "Reach in pixels"
// @param float like 1..128 = 24 "Reach in values"
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
    float centre = x[plane + position.y * inputWidth + position.x];
    float sum = 0.0;
    float weights = 0.0;
    for (int row = max(position.y - radius, 0); row <= min(position.y + radius, inputHeight - 1); row++)
    {
        for (int column = max(position.x - radius, 0); column <= min(position.x + radius, inputWidth - 1); column++)
        {
            float value = x[plane + row * inputWidth + column];
            vec2 offset = vec2(column - position.x, row - position.y) / near;
            float difference = (value - centre) / like;
            float weight = exp(-0.5 * (dot(offset, offset) + difference * difference));
            sum += weight * value;
            weights += weight;
        }
    }
    // The centre itself weighs 1.
    y[(position.z * outputHeight + position.y) * outputWidth + position.x] = sum / weights;
}
