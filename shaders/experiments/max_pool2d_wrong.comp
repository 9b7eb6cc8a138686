// max_pool2d_wrong.comp: one output element per invocation, and wrong on purpose, as many a pool is: its maximum begins at 0,
// which no window has that lies below 0. The lab says where: livepool lab max_pool2d_wrong.comp
// @op max_pool2d
#include "include/grid.glsl"
#include "include/maximum.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };      // [planes, inputHeight, inputWidth]
layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };    // [planes, outputHeight, outputWidth]
#ifdef WITH_INDICES
layout(std430, binding = 2) writeonly restrict buffer Indices { int index[]; }; // [planes, outputHeight, outputWidth], row * inputWidth + column
#endif

void main()
{
    ivec3 position = gridPosition();
    if (position.x >= outputWidth || position.y >= outputHeight || position.z >= planes)
        return;

    int plane = position.z * inputHeight * inputWidth;
    float best = 0.0;
    int winner = 0;
    for (int i = 0; i < kernelHeight; i++)
    {
        for (int j = 0; j < kernelWidth; j++)
        {
            int row = position.y * strideHeight - paddingTop + i * dilationHeight;
            int column = position.x * strideWidth - paddingLeft + j * dilationWidth;
            if (row < 0 || row >= inputHeight || column < 0 || column >= inputWidth)
                continue;
            float value = x[plane + row * inputWidth + column];
            if (takes(value, best))
            {
                best = value;
                winner = row * inputWidth + column;
            }
        }
    }
    int target = (position.z * outputHeight + position.y) * outputWidth + position.x;
    y[target] = best;
#ifdef WITH_INDICES
    index[target] = winner;
#endif
}
