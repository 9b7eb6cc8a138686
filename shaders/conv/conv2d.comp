// conv2d.comp: four neighbouring output elements of one row per invocation. With SLIDING (stride and dilation 1 along a
// row) they share their loads.
#include "include/grid.glsl"
#include "include/padding.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };        // [batch, inputChannels, inputHeight, inputWidth]
layout(std430, binding = 1) readonly restrict buffer Weight { float weight[]; };  // [outputChannels, inputChannelsPerGroup, kernelHeight, kernelWidth]
layout(std430, binding = 2) readonly restrict buffer Bias { float bias[]; };      // [outputChannels], or one unused element
layout(std430, binding = 3) writeonly restrict buffer Output { float y[]; };      // [batch, outputChannels, outputHeight, outputWidth]

// A tap outside the image is a value of zero, not a missing tap. The load stays in bounds either way.
float valueAt(int rowStart, int row, int column)
{
#ifdef PADDING_ZEROS
    bool inside = row >= 0 && column >= 0;
    float value = x[inside ? rowStart + column : 0];
    return inside ? value : 0.0;
#else
    return x[rowStart + column];
#endif
}

void main()
{
    ivec3 position = gridPosition();
    int firstColumn = 4 * position.x;
    if (firstColumn >= outputWidth || position.y >= outputHeight || position.z >= batch * outputChannels)
        return;

    int image = position.z / outputChannels;
    int outputChannel = position.z - image * outputChannels;
    int firstChannel = outputChannel / outputChannelsPerGroup * inputChannelsPerGroup;
    int plane = (image * inputChannels + firstChannel) * inputHeight * inputWidth;
    int w = outputChannel * inputChannelsPerGroup * kernelHeight * kernelWidth;
    int firstRow = position.y * strideHeight - paddingTop;

    // Beyond the last output the taps of the last one are taken; nothing is written there.
    ivec4 columns = firstColumn + ivec4(0, 1, 2, 3);
#ifdef SLIDING
    int lastTap = outputWidth - 1 - paddingLeft + kernelWidth - 1;
    ivec4 taps = min(columns - paddingLeft, lastTap);
#else
    ivec4 firstTaps = min(columns, outputWidth - 1) * strideWidth - paddingLeft;
#endif

    precise vec4 sum = vec4(hasBias != 0 ? bias[outputChannel] : 0.0);
    for (int channel = 0; channel < inputChannelsPerGroup; channel++)
    {
        for (int i = 0; i < kernelHeight; i++)
        {
            int row = sourceOf(firstRow + i * dilationHeight, inputHeight);
            int rowStart = plane + row * inputWidth;
#ifdef SLIDING
            vec4 values = vec4(
                0.0,
                valueAt(rowStart, row, sourceOf(taps.x, inputWidth)),
                valueAt(rowStart, row, sourceOf(taps.y, inputWidth)),
                valueAt(rowStart, row, sourceOf(taps.z, inputWidth)));
            for (int j = 0; j < kernelWidth; j++)
            {
                int tap = min(firstColumn - paddingLeft + 3 + j, lastTap);
                values = vec4(values.yzw, valueAt(rowStart, row, sourceOf(tap, inputWidth)));
                sum = fma(vec4(weight[w + j]), values, sum);
            }
#else
            for (int j = 0; j < kernelWidth; j++)
            {
                ivec4 taps = firstTaps + j * dilationWidth;
                vec4 values = vec4(
                    valueAt(rowStart, row, sourceOf(taps.x, inputWidth)),
                    valueAt(rowStart, row, sourceOf(taps.y, inputWidth)),
                    valueAt(rowStart, row, sourceOf(taps.z, inputWidth)),
                    valueAt(rowStart, row, sourceOf(taps.w, inputWidth)));
                sum = fma(vec4(weight[w + j]), values, sum);
            }
#endif
            w += kernelWidth;
        }
        plane += inputHeight * inputWidth;
    }

    int start = (position.z * outputHeight + position.y) * outputWidth + firstColumn;
    for (int k = 0; k < 4; k++)
    {
        if (firstColumn + k < outputWidth)
            y[start + k] = sum[k];
    }
}
