// lp_pool2d.comp: four output elements of one row per invocation.
#include "include/grid.glsl"
#include "include/power.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };    // [planes, inputHeight, inputWidth]
layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };  // [planes, outputHeight, outputWidth]

void main()
{
    ivec3 position = gridPosition();
    ivec4 columns = gridColumns();
    if (columns.x >= outputWidth || position.y >= outputHeight || position.z >= planes)
        return;

    int plane = position.z * inputHeight * inputWidth;
    int rowStart = position.y * strideHeight;
    int rowEnd = min(rowStart + kernelHeight, inputHeight);
    for (int k = 0; k < 4 && columns[k] < outputWidth; k++)
    {
        int columnStart = columns[k] * strideWidth;
        int columnEnd = min(columnStart + kernelWidth, inputWidth);

        precise float sum = 0.0;
        for (int row = rowStart; row < rowEnd; row++)
        {
            for (int column = columnStart; column < columnEnd; column++)
                sum += power(x[plane + row * inputWidth + column], normType);
        }

        // The mean of what there is, times the whole kernel's area.
        precise float mean = sum / (float(rowEnd - rowStart) * float(columnEnd - columnStart));
        precise float scaled = mean * kernelArea;
        y[(position.z * outputHeight + position.y) * outputWidth + columns[k]] = power(scaled, inverseNormType);
    }
}
