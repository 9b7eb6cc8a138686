// conv2d_tiled.comp: one output element per invocation; a work group loads the input that its elements share once, into
// shared memory. What one group sees may be too large for that, with wide kernels, strides and dilations: then each
// invocation reads for itself.
// @op conv2d
// @local 16,16
#include "include/grid.glsl"
#include "include/padding.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };        // [batch, inputChannels, inputHeight, inputWidth]
layout(std430, binding = 1) readonly restrict buffer Weight { float weight[]; };  // [outputChannels, inputChannelsPerGroup, kernelHeight, kernelWidth]
layout(std430, binding = 2) readonly restrict buffer Bias { float bias[]; };      // [outputChannels], or one unused element
layout(std430, binding = 3) writeonly restrict buffer Output { float y[]; };      // [batch, outputChannels, outputHeight, outputWidth]

// 12 KiB, of the 16 that every device has at least.
const int tileElements = 3072;
shared float tile[tileElements];

float valueAt(int plane, ivec2 tap)
{
    int row = sourceOf(tap.y, inputHeight);
    int column = sourceOf(tap.x, inputWidth);
    bool inside = row >= 0 && column >= 0;
    float value = x[inside ? plane + row * inputWidth + column : 0];
    return inside ? value : 0.0;
}

void main()
{
    ivec3 position = gridPosition();
    ivec2 stride = ivec2(strideWidth, strideHeight);
    ivec2 dilation = ivec2(dilationWidth, dilationHeight);
    ivec2 padding = ivec2(paddingLeft, paddingTop);
    ivec2 output_ = ivec2(outputWidth, outputHeight);

    int image = position.z / outputChannels;
    int outputChannel = position.z % outputChannels;
    int firstChannel = outputChannel / outputChannelsPerGroup * inputChannelsPerGroup;

    // The group's elements within the output, and the taps that they see: every padding mode has a value for each of those.
    ivec2 firstOutput = position.xy - ivec2(gl_LocalInvocationID.xy);
    ivec2 lastOutput = min(firstOutput + ivec2(LOCAL_X, LOCAL_Y), output_) - 1;
    ivec2 firstTap = firstOutput * stride - padding;
    ivec2 extent = (lastOutput - firstOutput) * stride + (ivec2(kernelWidth, kernelHeight) - 1) * dilation + 1;
    // Compared in floats, because the product may be beyond an int.
    bool isTiled = float(extent.x) * float(extent.y) <= float(tileElements);
    bool isInside = all(lessThan(position.xy, output_));
    ivec2 tap = position.xy * stride - padding;

    precise float sum = hasBias != 0 ? bias[outputChannel] : 0.0;
    int w = outputChannel * inputChannelsPerGroup * kernelHeight * kernelWidth;
    for (int channel = 0; channel < inputChannelsPerGroup; channel++)
    {
        int plane = (image * inputChannels + firstChannel + channel) * inputHeight * inputWidth;
        if (isTiled)
        {
            // Nobody may still be reading the channel before.
            barrier();
            for (int i = int(gl_LocalInvocationIndex); i < extent.x * extent.y; i += LOCAL_X * LOCAL_Y)
                tile[i] = valueAt(plane, firstTap + ivec2(i % extent.x, i / extent.x));
            barrier();
        }
        for (int i = 0; isInside && i < kernelHeight; i++)
        {
            for (int j = 0; j < kernelWidth; j++)
            {
                ivec2 at = tap + ivec2(j, i) * dilation;
                ivec2 inTile = at - firstTap;
                float value = isTiled ? tile[inTile.y * extent.x + inTile.x] : valueAt(plane, at);
                sum = fma(weight[w + i * kernelWidth + j], value, sum);
            }
        }
        w += kernelHeight * kernelWidth;
    }
    if (isInside)
        y[(position.z * outputHeight + position.y) * outputWidth + position.x] = sum;
}
