// conv_transpose2d.comp: four output elements of one row per invocation. Each gathers what input elements put on it: tap i
// of the kernel comes from row (output + padding - i * dilation) / stride, if that is whole and inside the input. An
// element outside is none; its weight is not multiplied.
#include "include/grid.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };        // [batch, inputChannels, inputHeight, inputWidth]
layout(std430, binding = 1) readonly restrict buffer Weight { float weight[]; };  // [inputChannels, outputChannelsPerGroup, kernelHeight, kernelWidth]
layout(std430, binding = 2) readonly restrict buffer Bias { float bias[]; };      // [outputChannels], or one unused element
layout(std430, binding = 3) writeonly restrict buffer Output { float y[]; };      // [batch, outputChannels, outputHeight, outputWidth]

// From one tap whose quotient is whole to the next: x taps, y input elements back.
ivec2 strides(int stride, int dilation)
{
    int divisor = stride;
    int rest = dilation;
    while (rest != 0)
    {
        int next = divisor % rest;
        divisor = rest;
        rest = next;
    }
    return ivec2(stride, dilation) / divisor;
}

// The first tap, and the input element that it comes from. Where there is none: the tap is beyond the kernel, or its
// element is before the input.
ivec2 firstTap(int position, int kernel, int stride, int dilation, int tapStep)
{
    for (int tap = 0; tap < min(kernel, tapStep); tap++)
    {
        int offset = position - tap * dilation;
        if (offset < 0)
            return ivec2(tap, -1);
        if (offset % stride == 0)
            return ivec2(tap, offset / stride);
    }
    return ivec2(kernel, -1);
}

void main()
{
    ivec3 position = gridPosition();
    ivec4 columns = gridColumns();
    if (columns.x >= outputWidth || position.y >= outputHeight || position.z >= batch * outputChannels)
        return;

    int image = position.z / outputChannels;
    int outputChannel = position.z - image * outputChannels;
    int group = outputChannel / outputChannelsPerGroup;
    int firstChannel = group * inputChannelsPerGroup;
    int kernelArea = kernelHeight * kernelWidth;
    int firstPlane = (image * inputChannels + firstChannel) * inputHeight * inputWidth;
    int firstWeight = (firstChannel * outputChannelsPerGroup + outputChannel - group * outputChannelsPerGroup) * kernelArea;

    ivec2 rowStep = strides(strideHeight, dilationHeight);
    ivec2 columnStep = strides(strideWidth, dilationWidth);
    ivec2 topTap = firstTap(position.y + paddingTop, kernelHeight, strideHeight, dilationHeight, rowStep.x);
    for (int k = 0; k < 4 && columns[k] < outputWidth; k++)
    {
        ivec2 leftTap = firstTap(columns[k] + paddingLeft, kernelWidth, strideWidth, dilationWidth, columnStep.x);

        precise float sum = hasBias != 0 ? bias[outputChannel] : 0.0;
        int plane = firstPlane;
        int w = firstWeight;
        for (int channel = 0; channel < inputChannelsPerGroup; channel++)
        {
            for (ivec2 row = topTap; row.x < kernelHeight && row.y >= 0; row += ivec2(rowStep.x, -rowStep.y))
            {
                if (row.y >= inputHeight)
                    continue;
                for (ivec2 column = leftTap; column.x < kernelWidth && column.y >= 0; column += ivec2(columnStep.x, -columnStep.y))
                {
                    if (column.y < inputWidth)
                        sum += weight[w + row.x * kernelWidth + column.x] * x[plane + row.y * inputWidth + column.y];
                }
            }
            plane += inputHeight * inputWidth;
            w += outputChannelsPerGroup * kernelArea;
        }
        y[(position.z * outputHeight + position.y) * outputWidth + columns[k]] = sum;
    }
}
