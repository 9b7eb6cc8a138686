// conv_pool2d.comp: one pooled element of CHANNELS output channels per invocation: conv2d, then perhaps relu or abs, then a
// 2x2 pool of stride 2 without padding. The group's part of an input channel is in shared memory, and the sums of the
// convolution never leave registers. Sums are added up in conv2d.comp's order; a product that is precise and then added
// would be two instructions, and fma is one.
#include "include/grid.glsl"
#include "include/maximum.glsl"
#include "include/padding.glsl"
#include "include/rectify.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
#ifdef PACKED_INPUT
layout(std430, binding = 0) readonly restrict buffer Input { uint packed4[]; };   // [batch, inputChannels, inputHeight, inputWidth], 8-bit, first byte lowest
#else
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };        // [batch, inputChannels, inputHeight, inputWidth]
#endif
layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };      // [batch, outputChannels, outputHeight / 2, outputWidth / 2]
// [groups * blocks of up to CHANNELS output channels, 1 + inputChannelsPerGroup * KERNEL_HEIGHT * KERNEL_WIDTH]: the biases,
// then the weights, of the block's channels in x, y, z, w.
#ifdef UNIFORM_WEIGHTS
layout(std140, binding = 1) uniform Weight { vec4 weight[UNIFORM_WEIGHTS]; };
#else
layout(std430, binding = 2) readonly restrict buffer Weight { vec4 weight[]; };
#endif

#if CHANNELS == 1
#define Sums float
#define OF_BLOCK(four) (four).x
vec4 toFour(float sums) { return vec4(sums); }
#elif CHANNELS == 2
#define Sums vec2
#define OF_BLOCK(four) (four).xy
vec4 toFour(vec2 sums) { return sums.xyxy; }
#else
#define Sums vec4
#define OF_BLOCK(four) (four)
vec4 toFour(vec4 sums) { return sums; }
#endif

// The columns that neighbouring invocations read at once lie PHASES apart in the input and side by side here, so that they
// are in different banks whatever the stride.
const int tileColumns = PHASES * TILE_PITCH;
shared float tile[TILE_ROWS * tileColumns];

// Where a column is in its row of the tile.
int placeOf(int column)
{
    uint place = uint(column);
    return int(place % uint(PHASES)) * TILE_PITCH + int(place / uint(PHASES));
}

float valueAt(int element)
{
#ifdef PACKED_INPUT
    return float((packed4[element >> 2] >> (8 * (element & 3))) & 0xFFu);
#else
    return x[element];
#endif
}

// A tap outside the image is a value of zero, not a missing tap. Beyond the last tap of the last output the last one is
// taken, so that the load stays in bounds; no sum that is written has it.
void loadTile(int plane, ivec2 first, ivec2 last)
{
    // Divisions of unsigned numbers by constants are the cheapest.
    const uint columns = uint(tileColumns);
    for (uint i = gl_LocalInvocationIndex; i < uint(TILE_ROWS) * columns; i += uint(LOCAL_X * LOCAL_Y))
    {
        int tileRow = int(i / columns);
        int tileColumn = int(i % columns);
        int row = sourceOf(min(first.y + tileRow, last.y), inputHeight);
        int column = sourceOf(min(first.x + tileColumn, last.x), inputWidth);
#ifdef PADDING_ZEROS
        bool inside = row >= 0 && column >= 0;
        float value = valueAt(inside ? plane + row * inputWidth + column : 0);
        value = inside ? value : 0.0;
#else
        float value = valueAt(plane + row * inputWidth + column);
#endif
        tile[tileRow * tileColumns + placeOf(tileColumn)] = value;
    }
}

float function(float value)
{
#if defined(FUNCTION_RELU)
    return relu(value);
#elif defined(FUNCTION_ABS)
    return absolute(value);
#else
    return value;
#endif
}

float pooled(float first, float second, float third, float fourth)
{
    vec4 window = vec4(function(first), function(second), function(third), function(fourth));
#if defined(POOL_MAXIMUM)
    float best = negativeInfinity();
    for (int i = 0; i < 4; i++)
        best = takes(window[i], best) ? window[i] : best;
    return best;
#elif defined(POOL_MEAN)
    precise float sum = window[0];
    for (int i = 1; i < 4; i++)
        sum += window[i];
    precise float mean = sum / 4.0;
    return mean;
#else
#error POOL_MAXIMUM or POOL_MEAN must be defined
#endif
}

void main()
{
    ivec3 position = gridPosition();
    ivec2 local = ivec2(gl_LocalInvocationID.xy);
    int blocksPerGroup = (outputChannelsPerGroup + CHANNELS - 1) / CHANNELS;
    int blocks = outputChannels / outputChannelsPerGroup * blocksPerGroup;
    int image = position.z / blocks;
    int block = position.z - image * blocks;
    int group = block / blocksPerGroup;
    int plane = (image * inputChannels + group * inputChannelsPerGroup) * inputHeight * inputWidth;
    ivec2 extent = ivec2(outputWidth, outputHeight) / 2;
    ivec2 stride = ivec2(STRIDE_WIDTH, STRIDE_HEIGHT);
    ivec2 span = ivec2((KERNEL_WIDTH - 1) * DILATION_WIDTH, (KERNEL_HEIGHT - 1) * DILATION_HEIGHT);
    ivec2 padding = ivec2(paddingLeft, paddingTop);
    ivec2 first = 2 * (position.xy - local) * stride - padding;
    ivec2 last = (2 * extent - 1) * stride + span - padding;

    int w = block * (1 + inputChannelsPerGroup * KERNEL_HEIGHT * KERNEL_WIDTH);
    precise Sums topLeft = OF_BLOCK(weight[w]);
    precise Sums topRight = topLeft;
    precise Sums bottomLeft = topLeft;
    precise Sums bottomRight = topLeft;
    w++;
    for (int channel = 0; channel < inputChannelsPerGroup; channel++)
    {
        loadTile(plane, first, last);
        barrier();
#ifdef SLIDING
        // Row i is the top sums' row i of the kernel and the bottom sums' row before it.
        for (int i = 0; i <= KERNEL_HEIGHT; i++)
        {
            int rowStart = (2 * local.y + i) * tileColumns + local.x;
            float left = tile[rowStart + placeOf(0)];
            for (int j = 0; j < KERNEL_WIDTH; j++)
            {
                float right = tile[rowStart + placeOf(j + 1)];
                if (i < KERNEL_HEIGHT)
                {
                    Sums factor = OF_BLOCK(weight[w + i * KERNEL_WIDTH + j]);
                    topLeft = fma(factor, Sums(left), topLeft);
                    topRight = fma(factor, Sums(right), topRight);
                }
                if (i > 0)
                {
                    Sums factor = OF_BLOCK(weight[w + (i - 1) * KERNEL_WIDTH + j]);
                    bottomLeft = fma(factor, Sums(left), bottomLeft);
                    bottomRight = fma(factor, Sums(right), bottomRight);
                }
                left = right;
            }
        }
#else
        for (int i = 0; i < KERNEL_HEIGHT; i++)
        {
            int top = (2 * local.y * STRIDE_HEIGHT + i * DILATION_HEIGHT) * tileColumns + local.x;
            int bottom = top + STRIDE_HEIGHT * tileColumns;
            for (int j = 0; j < KERNEL_WIDTH; j++)
            {
                Sums factor = OF_BLOCK(weight[w + i * KERNEL_WIDTH + j]);
                int left = placeOf(j * DILATION_WIDTH);
                int right = placeOf(j * DILATION_WIDTH + STRIDE_WIDTH);
                topLeft = fma(factor, Sums(tile[top + left]), topLeft);
                topRight = fma(factor, Sums(tile[top + right]), topRight);
                bottomLeft = fma(factor, Sums(tile[bottom + left]), bottomLeft);
                bottomRight = fma(factor, Sums(tile[bottom + right]), bottomRight);
            }
        }
#endif
        w += KERNEL_HEIGHT * KERNEL_WIDTH;
        plane += inputHeight * inputWidth;
        // The next channel takes the tile's place.
        barrier();
    }

    if (any(greaterThanEqual(position.xy, extent)))
        return;
    int firstOfGroup = (block - group * blocksPerGroup) * CHANNELS;
    int target = ((image * outputChannels + group * outputChannelsPerGroup + firstOfGroup) * extent.y + position.y) * extent.x + position.x;
    for (int k = 0; k < CHANNELS && firstOfGroup + k < outputChannelsPerGroup; k++)
        y[target + k * extent.y * extent.x] = pooled(toFour(topLeft)[k], toFour(topRight)[k], toFour(bottomLeft)[k], toFour(bottomRight)[k]);
}
