// interval_pool2d.comp: four output elements of one row per invocation; windows come from tables. POOL_MAXIMUM, with the
// indices if WITH_INDICES is defined, or POOL_MEAN.
#include "include/grid.glsl"
#include "include/maximum.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };        // [planes, inputHeight, inputWidth]
layout(std430, binding = 1) readonly restrict buffer Rows { ivec2 rows[]; };      // [planes or 1, outputHeight]: first, end
layout(std430, binding = 2) readonly restrict buffer Columns { ivec2 columns[]; };  // [planes or 1, outputWidth]: first, end
layout(std430, binding = 3) writeonly restrict buffer Output { float y[]; };      // [planes, outputHeight, outputWidth]
#ifdef WITH_INDICES
layout(std430, binding = 4) writeonly restrict buffer Indices { int index[]; };   // [planes, outputHeight, outputWidth], row * inputWidth + column
#endif

void main()
{
    ivec3 position = gridPosition();
    ivec4 outputs = gridColumns();
    if (outputs.x >= outputWidth || position.y >= outputHeight || position.z >= planes)
        return;

    int plane = position.z * inputHeight * inputWidth;
    int table = intervalsPerPlane != 0 ? position.z : 0;
    ivec2 rowRange = rows[table * outputHeight + position.y];
    for (int k = 0; k < 4 && outputs[k] < outputWidth; k++)
    {
        ivec2 columnRange = columns[table * outputWidth + outputs[k]];
        int target = (position.z * outputHeight + position.y) * outputWidth + outputs[k];
#if defined(POOL_MAXIMUM)
        float best = negativeInfinity();
        int winner = rowRange.x * inputWidth + columnRange.x;
        for (int row = rowRange.x; row < rowRange.y; row++)
        {
            for (int column = columnRange.x; column < columnRange.y; column++)
            {
                float value = x[plane + row * inputWidth + column];
                if (takes(value, best))
                {
                    best = value;
                    winner = row * inputWidth + column;
                }
            }
        }
        y[target] = best;
#ifdef WITH_INDICES
        index[target] = winner;
#endif
#elif defined(POOL_MEAN)
        precise float sum = 0.0;
        for (int row = rowRange.x; row < rowRange.y; row++)
        {
            for (int column = columnRange.x; column < columnRange.y; column++)
                sum += x[plane + row * inputWidth + column];
        }
        precise float mean = sum / (float(rowRange.y - rowRange.x) * float(columnRange.y - columnRange.x));
        y[target] = mean;
#else
#error POOL_MAXIMUM or POOL_MEAN must be defined
#endif
    }
}
