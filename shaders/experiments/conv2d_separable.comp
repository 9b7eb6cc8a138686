// conv2d_separable.comp: one output element per invocation. A kernel that is a column times a row, such as a Gaussian, costs
// height + width multiplications instead of height * width: a group sums the rows of its input into shared memory, and then
// the columns of those sums.
//
// Any weight is taken. Those of whole numbers, or of such over a power of two, are taken apart exactly here, if they can be;
// others, those too large for shared memory, and those of several channels are summed from the definition. So are
// values that are infinite, NaN or extreme: two passes would not do with them what one does.
// @op conv2d
// @local 16,16
#include "include/grid.glsl"
#include "include/padding.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };        // [batch, inputChannels, inputHeight, inputWidth]
layout(std430, binding = 1) readonly restrict buffer Weight { float weight[]; };  // [outputChannels, inputChannelsPerGroup, kernelHeight, kernelWidth]
layout(std430, binding = 2) readonly restrict buffer Bias { float bias[]; };      // [outputChannels], or one unused element
layout(std430, binding = 3) writeonly restrict buffer Output { float y[]; };      // [batch, outputChannels, outputHeight, outputWidth]

// Sums for a group's columns, of every row that it sees.
const int mostRows = 128;
shared float sums[mostRows * LOCAL_X];
shared bool isSeparable;
shared bool isPlain;

float valueAt(int plane, int row, int column)
{
    bool inside = row >= 0 && column >= 0;
    float value = x[inside ? plane + row * inputWidth + column : 0];
    return inside ? value : 0.0;
}

// The kernel is columnFactors * rowFactors.
const int mostTaps = 64;
shared float columnFactors[mostTaps];
shared float rowFactors[mostTaps];

// Weights are multiples of this, up to 2^24 of them.
const float unit = 1.0 / 4096.0;

int unitsOf(float value)
{
    float units = value / unit;
    return units == floor(units) && abs(units) <= 16777216.0 ? int(units) : -0x7FFFFFFF;
}

// Takes the kernel from w on apart: a row over what all of it is divisible by, and how often each row has that.
bool separates(int w)
{
    if (kernelHeight > mostTaps || kernelWidth > mostTaps)
        return false;
    int pivotColumn = -1;
    int pivotRow = 0;
    for (; pivotRow < kernelHeight && pivotColumn < 0; pivotRow++)
    {
        for (int j = 0; j < kernelWidth && pivotColumn < 0; j++)
            pivotColumn = weight[w + pivotRow * kernelWidth + j] != 0.0 ? j : -1;
    }
    if (pivotColumn < 0)
        return false;
    int row = w + (pivotRow - 1) * kernelWidth;

    int divisor = 0;
    for (int j = 0; j < kernelWidth; j++)
    {
        int rest = abs(unitsOf(weight[row + j]));
        if (rest == 0x7FFFFFFF)
            return false;
        while (rest != 0)
        {
            int next = divisor % rest;
            divisor = rest;
            rest = next;
        }
    }
    for (int j = 0; j < kernelWidth; j++)
        rowFactors[j] = float(unitsOf(weight[row + j]) / divisor);
    int pivot = int(rowFactors[pivotColumn]);
    for (int i = 0; i < kernelHeight; i++)
    {
        int units = unitsOf(weight[w + i * kernelWidth + pivotColumn]);
        if (units == -0x7FFFFFFF || units % pivot != 0)
            return false;
        columnFactors[i] = unit * float(units / pivot);
        for (int j = 0; j < kernelWidth; j++)
        {
            if (columnFactors[i] * rowFactors[j] != weight[w + i * kernelWidth + j])
                return false;
        }
    }
    return true;
}

void main()
{
    ivec3 position = gridPosition();
    ivec2 local = ivec2(gl_LocalInvocationID.xy);
    int lane = int(gl_LocalInvocationIndex);
    int image = position.z / outputChannels;
    int outputChannel = position.z % outputChannels;
    int firstChannel = outputChannel / outputChannelsPerGroup * inputChannelsPerGroup;
    int w = outputChannel * inputChannelsPerGroup * kernelHeight * kernelWidth;

    int firstRow = (position.y - local.y) * strideHeight - paddingTop;
    int lastOutput = min(position.y - local.y + LOCAL_Y, outputHeight) - 1;
    int rows = (lastOutput - (position.y - local.y)) * strideHeight + (kernelHeight - 1) * dilationHeight + 1;
    int plane = (image * inputChannels + firstChannel) * inputHeight * inputWidth;

    if (lane == 0)
    {
        isSeparable = rows <= mostRows && inputChannelsPerGroup == 1 && separates(w);
        isPlain = true;
    }
    barrier();
    bool isSummed = isSeparable;
    if (isSummed)
    {
        // Column by column of the group; beyond the output the last column is summed again.
        int column = min(position.x, outputWidth - 1) * strideWidth - paddingLeft;
        for (int r = local.y; r < rows; r += LOCAL_Y)
        {
            int row = sourceOf(firstRow + r, inputHeight);
            precise float sum = 0.0;
            for (int j = 0; j < kernelWidth; j++)
                sum = fma(rowFactors[j], valueAt(plane, row, sourceOf(column + j * dilationWidth, inputWidth)), sum);
            sums[r * LOCAL_X + local.x] = sum;
            // A sum that overflows, or is so small that digits are lost, need not be the definition's.
            if (sum != 0.0 && !(abs(sum) > 1e-25 && abs(sum) < 1e25))
                isPlain = false;
        }
        barrier();
        isSummed = isPlain;
    }
    if (position.x >= outputWidth || position.y >= outputHeight)
        return;

    precise float result = hasBias != 0 ? bias[outputChannel] : 0.0;
    if (isSummed)
    {
        for (int i = 0; i < kernelHeight; i++)
            result = fma(columnFactors[i], sums[(local.y * strideHeight + i * dilationHeight) * LOCAL_X + local.x], result);
    }
    else
    {
        for (int channel = 0; channel < inputChannelsPerGroup; channel++)
        {
            for (int i = 0; i < kernelHeight; i++)
            {
                int row = sourceOf(position.y * strideHeight - paddingTop + i * dilationHeight, inputHeight);
                for (int j = 0; j < kernelWidth; j++)
                {
                    int column = sourceOf(position.x * strideWidth - paddingLeft + j * dilationWidth, inputWidth);
                    result = fma(weight[w + j], valueAt(plane, row, column), result);
                }
                w += kernelWidth;
            }
            plane += inputHeight * inputWidth;
        }
    }
    y[(position.z * outputHeight + position.y) * outputWidth + position.x] = result;
}
