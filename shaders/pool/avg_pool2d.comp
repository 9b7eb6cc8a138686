// avg_pool2d.comp: four output elements of one row per invocation.
#include "include/grid.glsl"

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
    int rowStart = position.y * strideHeight - paddingTop;
    int rowEnd = min(rowStart + kernelHeight, inputHeight + paddingBottom);
    int paddedRows = rowEnd - rowStart;
    rowStart = max(rowStart, 0);
    rowEnd = min(rowEnd, inputHeight);
    for (int k = 0; k < 4 && columns[k] < outputWidth; k++)
    {
        int columnStart = columns[k] * strideWidth - paddingLeft;
        int columnEnd = min(columnStart + kernelWidth, inputWidth + paddingRight);
        int paddedColumns = columnEnd - columnStart;
        columnStart = max(columnStart, 0);
        columnEnd = min(columnEnd, inputWidth);

        precise float sum = 0.0;
        for (int row = rowStart; row < rowEnd; row++)
        {
            for (int column = columnStart; column < columnEnd; column++)
                sum += x[plane + row * inputWidth + column];
        }

        // Floats, because the padded area may be beyond an int. A window over nothing is 0, not 0/0.
        bool isEmpty = rowStart >= rowEnd || columnStart >= columnEnd;
        float divisor = divisorOverride != 0 ? float(divisorOverride)
            : countIncludePad != 0 ? float(paddedRows) * float(paddedColumns)
            : float(rowEnd - rowStart) * float(columnEnd - columnStart);
        precise float average = isEmpty ? 0.0 : sum / divisor;
        y[(position.z * outputHeight + position.y) * outputWidth + columns[k]] = average;
    }
}
