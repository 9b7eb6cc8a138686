// max_pool2d.comp: four output elements of one row per invocation, with their indices if WITH_INDICES is defined.
#include "include/grid.glsl"
#include "include/maximum.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };      // [planes, inputHeight, inputWidth]
layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };    // [planes, outputHeight, outputWidth]
#ifdef WITH_INDICES
layout(std430, binding = 2) writeonly restrict buffer Indices { int index[]; }; // [planes, outputHeight, outputWidth], row * inputWidth + column
#endif

// The first tap of a window that is not before the input; it keeps the window's phase.
int firstTap(int start, int dilation)
{
    return start >= 0 ? start : start + (-start + dilation - 1) / dilation * dilation;
}

void main()
{
    ivec3 position = gridPosition();
    ivec4 columns = gridColumns();
    if (columns.x >= outputWidth || position.y >= outputHeight || position.z >= planes)
        return;

    int plane = position.z * inputHeight * inputWidth;
    int rowStart = position.y * strideHeight - paddingTop;
    int rowEnd = min(rowStart + (kernelHeight - 1) * dilationHeight + 1, inputHeight);
    rowStart = firstTap(rowStart, dilationHeight);
    for (int k = 0; k < 4 && columns[k] < outputWidth; k++)
    {
        int columnStart = columns[k] * strideWidth - paddingLeft;
        int columnEnd = min(columnStart + (kernelWidth - 1) * dilationWidth + 1, inputWidth);
        columnStart = firstTap(columnStart, dilationWidth);

        float best = negativeInfinity();
        int winner = rowStart * inputWidth + columnStart;
        for (int row = rowStart; row < rowEnd; row += dilationHeight)
        {
            for (int column = columnStart; column < columnEnd; column += dilationWidth)
            {
                float value = x[plane + row * inputWidth + column];
                if (takes(value, best))
                {
                    best = value;
                    winner = row * inputWidth + column;
                }
            }
        }

        int output_ = (position.z * outputHeight + position.y) * outputWidth + columns[k];
        y[output_] = best;
#ifdef WITH_INDICES
        index[output_] = winner;
#endif
    }
}
