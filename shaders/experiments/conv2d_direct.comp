// conv2d_direct.comp: one output element per invocation, straight from the definition. The one to read first.
// @op conv2d
// @local 16,16
#include "include/grid.glsl"
#include "include/padding.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };        // [batch, inputChannels, inputHeight, inputWidth]
layout(std430, binding = 1) readonly restrict buffer Weight { float weight[]; };  // [outputChannels, inputChannelsPerGroup, kernelHeight, kernelWidth]
layout(std430, binding = 2) readonly restrict buffer Bias { float bias[]; };      // [outputChannels], or one unused element
layout(std430, binding = 3) writeonly restrict buffer Output { float y[]; };      // [batch, outputChannels, outputHeight, outputWidth]

void main()
{
    ivec3 position = gridPosition();
    if (position.x >= outputWidth || position.y >= outputHeight || position.z >= batch * outputChannels)
        return;

    int image = position.z / outputChannels;
    int outputChannel = position.z % outputChannels;
    int firstChannel = outputChannel / outputChannelsPerGroup * inputChannelsPerGroup;

    precise float sum = hasBias != 0 ? bias[outputChannel] : 0.0;
    for (int channel = 0; channel < inputChannelsPerGroup; channel++)
    {
        int plane = (image * inputChannels + firstChannel + channel) * inputHeight * inputWidth;
        int kernel = (outputChannel * inputChannelsPerGroup + channel) * kernelHeight * kernelWidth;
        for (int i = 0; i < kernelHeight; i++)
        {
            int row = sourceOf(position.y * strideHeight - paddingTop + i * dilationHeight, inputHeight);
            for (int j = 0; j < kernelWidth; j++)
            {
                int column = sourceOf(position.x * strideWidth - paddingLeft + j * dilationWidth, inputWidth);
                // A tap on the padding is a zero that is multiplied like any other value.
                bool inside = row >= 0 && column >= 0;
                float value = x[inside ? plane + row * inputWidth + column : 0];
                sum = fma(weight[kernel + i * kernelWidth + j], inside ? value : 0.0, sum);
            }
        }
    }
    y[(position.z * outputHeight + position.y) * outputWidth + position.x] = sum;
}
